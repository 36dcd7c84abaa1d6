using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Components.Pages.Triggers.Http;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Triggers.Forms;

public sealed class TriggerFormTests
{
    [Fact]
    public void ToInput_Whole_SaysEverything()
    {
        var callback = Guid.NewGuid();
        var form = new TriggerForm { Settings = new HttpForm { Url = "https://a.example/" }, Name = " Tell the CRM ", CallbackId = callback, Enabled = false, Priority = 9 };
        var errors = new FieldErrors();
        var input = form.ToInput(errors);
        Assert.False(errors.Any);
        Assert.Equal((TriggerKind.Http, "Tell the CRM", callback, false, 9), (input.Kind, input.Name, input.CallbackId, input.Enabled, input.Priority));
        Assert.Equal("https://a.example/", input.Settings!.Value.GetProperty("url").GetString());
        Assert.Equivalent(RetryPolicy.Default, input.Retry);
        Assert.Equal(TriggerLimits.Default, input.Limits);
    }

    [Fact]
    public void ToInput_NoCallback_TakesItAway() => Assert.Equal(Guid.Empty, New().ToInput(new()).CallbackId);

    [Fact]
    public void ToInput_NoName_IsAnError()
    {
        var errors = new FieldErrors();
        New().ToInput(errors);
        Assert.Equal("name", Assert.Single(errors.All).Field);
    }

    [Fact]
    public void Draft_ComesBackAsItWas_WithoutSecrets()
    {
        var form = New();
        form.Name = "Draft";
        form.Retry.Schedule = "5 s, oops";
        var http = (HttpForm)form.Settings;
        http.Auth.Type = HttpAuthType.Bearer;
        http.Auth.Token.Text = "canary";
        http.Body = new() { Format = HttpBodyFormat.Json, Template = "{not json" };
        var draft = form.ToDraft();
        Assert.DoesNotContain("canary", draft, StringComparison.Ordinal);

        var back = TriggerForm.FromDraft(draft)!;
        var backHttp = Assert.IsType<HttpForm>(back.Settings);
        Assert.Equal(("Draft", "5 s, oops", HttpAuthType.Bearer, "", "{not json"), (back.Name, back.Retry.Schedule, backHttp.Auth.Type, backHttp.Auth.Token.Text, backHttp.Body.Template));
        Assert.Equal("canary", http.Auth.Token.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"Settings":{"kind":"carrier-pigeon"}}""")]
    public void FromDraft_OfAnotherVersion_IsNone(string draft) => Assert.Null(TriggerForm.FromDraft(draft));

    [Fact]
    public void Duplicate_IsOffAndHasNoSecrets()
    {
        var form = New();
        (form.Name, form.Enabled) = ("Tell the CRM", true);
        ((HttpForm)form.Settings).Auth.Token.IsStored = true;
        var copy = form.Duplicate();
        Assert.Equal("Copy of Tell the CRM", copy.Name);
        Assert.False(copy.Enabled);
        Assert.False(((HttpForm)copy.Settings).Auth.Token.IsStored);
    }

    private static TriggerForm New() => new() { Settings = new HttpForm { Url = "https://a.example/" } };
}
