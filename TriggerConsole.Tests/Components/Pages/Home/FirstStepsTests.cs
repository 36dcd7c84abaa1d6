using Bunit;
using Radzen;
using TriggerConsole.Components.Pages.Home;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Home;

public sealed class FirstStepsTests : BunitContext
{
    private static readonly Callback s_callback = new() { Id = Sample.Id(), Name = "Demo", Methods = "POST", TokenHash = [], TokenHint = "", CreatedAt = Sample.Now, UpdatedAt = Sample.Now };

    private bool _fired;

    public FirstStepsTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddRadzenComponents();
    }

    [Fact]
    public void Steps_NothingIsThere_BeginWithTheCallbackAndCannotFire()
    {
        var steps = RenderSteps(null, hasTrigger: false);
        Assert.Equal("/callbacks/new", steps.Find("[aria-current=step] a").GetAttribute("href"));
        Assert.True(steps.Find("button").HasAttribute("disabled"));
    }

    [Fact]
    public void Steps_CallbackIsThere_GoOnWithItsTrigger()
        => Assert.Equal($"/triggers/new/http?callbackId={s_callback.Id}", RenderSteps(s_callback, hasTrigger: false).Find("[aria-current=step] a").GetAttribute("href"));

    [Fact]
    public void Steps_AllIsThere_Fires()
    {
        var steps = RenderSteps(s_callback, hasTrigger: true);
        var button = steps.Find("[aria-current=step] button");
        Assert.Equal("Fire the demo", button.TextContent);
        button.Click();
        Assert.True(_fired);
    }

    [Fact]
    public void Steps_ReaderMayNotFire_HaveNoButtonForIt() => Assert.Empty(RenderSteps(s_callback, hasTrigger: true, mayFire: false).FindAll("button"));

    private IRenderedComponent<FirstSteps> RenderSteps(Callback? callback, bool hasTrigger, bool mayFire = true) => Render<FirstSteps>(p => p
        .Add(s => s.Callback, callback).Add(s => s.HasTrigger, hasTrigger).Add(s => s.MayFire, mayFire).Add(s => s.OnFire, () => _fired = true));
}
