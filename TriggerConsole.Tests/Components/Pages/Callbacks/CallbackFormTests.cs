using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Radzen;
using TriggerConsole.Components.Pages.Callbacks;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Callbacks;

public sealed class CallbackFormTests : BunitContext
{
    private readonly CallbackFormState _state = new();
    private Refusal? _answer;
    private int _saved;

    public CallbackFormTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddRadzenComponents();
        Services.AddSingleton(Options.Create(new IngressOptions()));
    }

    [Fact]
    public void Path_WhileTyping_ShowsWhereEventsAreSentTo()
    {
        var form = RenderForm();
        Assert.Equal("http://x/(id)", form.Find(".url code").TextContent);
        form.Find("#path").Input("/Shop/Orders/");
        Assert.Equal("http://x/custom/shop/orders", form.Find(".url code").TextContent);
    }

    [Fact]
    public void Path_AnotherThanTheSavedOne_WarnsThatTheOldOneStops()
    {
        _state.Path = "old";
        var form = RenderForm(wasPath: "old");
        Assert.Empty(form.FindAll(".notice"));
        form.Find("#path").Input("new");
        Assert.Contains("old", form.Find(".notice").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Path_GivenWhereNoneWas_DoesNotWarn()
    {
        var form = RenderForm(wasPath: "");
        form.Find("#path").Input("new");
        Assert.Empty(form.FindAll(".notice"));
    }

    [Fact]
    public void Submit_Refused_ShowsEachFaultAtItsFieldAndFocusesTheFirst()
    {
        _answer = new Refusal.Invalid([new("path", "Taken."), new("name", "Give a name.")]);
        var form = RenderForm();
        form.Find("form").Submit();
        Assert.Equal("true", form.Find("#name").GetAttribute("aria-invalid"));
        Assert.Equal("true", form.Find("#path").GetAttribute("aria-invalid"));
        Assert.Equal(2, form.FindAll(".error").Count);
        Assert.Equal("name", JSInterop.VerifyInvoke("tc.focusId", calledTimes: 2)[^1].Arguments[0]);
    }

    [Fact]
    public void Submit_Conflict_SaysSoAboveTheButton()
    {
        _answer = new Refusal.Conflict("Someone else has changed this callback.");
        var form = RenderForm();
        form.Find("form").Submit();
        Assert.Contains("Someone else", form.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Methods_Chosen_AreSaved()
    {
        var form = RenderForm();
        form.FindAll(".methods label").Single(l => l.TextContent == "PUT").QuerySelector("input")!.Change(true);
        form.FindAll(".methods label").Single(l => l.TextContent == "POST").QuerySelector("input")!.Change(false);
        form.Find("form").Submit();
        Assert.Equal(["PUT"], _state.ToInput()!.Methods!);
        Assert.Equal(1, _saved);
    }

    private IRenderedComponent<CallbackForm> RenderForm(string? wasPath = null) => Render<CallbackForm>(p => p
        .Add(f => f.Values, _state)
        .Add(f => f.UrlOf, path => path.Length == 0 ? "http://x/(id)" : $"http://x/custom/{path}")
        .Add(f => f.Verb, "Save")
        .Add(f => f.WasPath, wasPath)
        .Add(f => f.Save, () =>
        {
            _saved++;
            return Task.FromResult(_answer);
        }));
}
