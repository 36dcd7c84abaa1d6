using Bunit;
using Radzen;
using TriggerConsole.Components.Pages.Brokers.Mqtt;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Mqtt;

public sealed class MqttBrokerFormTests : BunitContext
{
    private readonly MqttBrokerFormState _state = new();
    private readonly TaskCompletionSource<CommandResult<ConnectionTest>> _tested = new();
    private Refusal? _answer;

    public MqttBrokerFormTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddRadzenComponents();
    }

    [Fact]
    public void Address_WholeOnePasted_FillsAllItsFields()
    {
        var form = RenderForm();
        form.Find("#url").Change("mqtts://broker.example:8884");
        Assert.Equal("mqtts", form.Find("#scheme").GetAttribute("value"));
        Assert.Equal("broker.example", form.Find("#url").GetAttribute("value"));
        Assert.Equal("8884", form.Find("#port").GetAttribute("value"));
    }

    [Fact]
    public void Encryption_PlainAddress_IsNotAsked()
    {
        var form = RenderForm();
        Assert.Empty(form.FindAll("#tls-caCertificates"));
        form.Find("#scheme").Change("mqtts");
        Assert.Single(form.FindAll("#tls-caCertificates"));
    }

    [Fact]
    public void Submit_FaultInAFoldedPart_UnfoldsAndFocusesIt()
    {
        _answer = new Refusal.Invalid([new("clientId", "Use at most 256 characters.")]);
        var form = RenderForm();
        Assert.All(form.FindAll("details"), d => Assert.False(d.HasAttribute("open")));
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.True(form.FindAll("details").Single(d => d.QuerySelector("#clientId") is not null).HasAttribute("open")));
        Assert.Equal("true", form.Find("#clientId").GetAttribute("aria-invalid"));
        form.WaitForAssertion(() => Assert.Equal("clientId", JSInterop.VerifyInvoke("tc.focusId", calledTimes: 2)[^1].Arguments[0]));
    }

    [Fact]
    public void Test_UnderWay_SaysSoAndThenShowsWhatFailedAndWhatToTry()
    {
        var form = RenderForm();
        form.Find("#url").Change("localhost");
        form.Find("#test-connection").Click();
        Assert.EndsWith("Connecting…", form.Find("#test-connection").TextContent, StringComparison.Ordinal);
        Assert.True(form.Find("#test-connection").HasAttribute("disabled"));

        _tested.SetResult(new ConnectionTest(false, new("refused_by_broker", "localhost refused the connection: wrong user name or password (0x86).", "0x86 wrong user name or password"), null, null, "127.0.0.1", new() { ConnectMs = 1, TotalMs = 2 }));
        form.WaitForAssertion(() => Assert.Contains("wrong user name or password (0x86)", form.Find("#test-outcome").TextContent, StringComparison.Ordinal));
        Assert.Contains("Check user name and password", form.Find("#test-outcome").TextContent, StringComparison.Ordinal);
        Assert.Equal("Signed in: failed", form.Find(".steps .failed span").TextContent);
    }

    [Fact]
    public void Test_NoNameYet_DoesNotComplainOfIt()
    {
        var form = RenderForm();
        _tested.SetResult(new Refusal.Invalid([new("name", "Give the broker a name."), new("url", "Give the broker's address.")]));
        form.Find("#test-connection").Click();
        form.WaitForAssertion(() => Assert.Contains("Nothing was tried", form.Find(".test").TextContent, StringComparison.Ordinal));
        Assert.Null(_state.ErrorOf("name"));
        Assert.Equal("true", form.Find("#url").GetAttribute("aria-invalid"));
    }

    private IRenderedComponent<MqttBrokerForm> RenderForm() => Render<MqttBrokerForm>(p => p
        .Add(f => f.State, _state)
        .Add(f => f.IsNew, true)
        .Add(f => f.Verb, "Make the broker")
        .Add(f => f.Save, () => Task.FromResult(_answer))
        .Add(f => f.Test, () => _tested.Task));
}
