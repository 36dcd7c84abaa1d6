using Bunit;
using Radzen;
using TriggerConsole.Components.Pages.Brokers.Amqp;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Amqp;

public sealed class AmqpBrokerFormTests : BunitContext
{
    private readonly AmqpBrokerFormState _state = new();
    private readonly TaskCompletionSource<CommandResult<ConnectionTest>> _tested = new();
    private Refusal? _answer;

    public AmqpBrokerFormTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddRadzenComponents();
    }

    [Fact]
    public void Address_WholeOnePasted_FillsAllItsFields()
    {
        var form = RenderForm();
        form.Find("#url").Change("amqps://ana:secret@broker.example:5673/sales");
        Assert.Equal(
            ["amqps", "broker.example", "5673", "sales", "ana", "secret"],
            ((string[])["#scheme", "#url", "#port", "#virtualHost", "#username", "#password"]).Select(id => form.Find(id).GetAttribute("value")));
        Assert.Equal("password", form.Find("#password").GetAttribute("type")); // not to be read over the shoulder
        Assert.Single(form.FindAll("#tls-caCertificates"));
    }

    [Fact]
    public void Test_VirtualHostMissing_SaysSoAtItsOwnStep()
    {
        var form = RenderForm();
        form.Find("#url").Change("amqp://localhost/nowhere");
        _tested.SetResult(new ConnectionTest(false, new("vhost_missing", "There is no virtual host nowhere at localhost.", "530 NOT_ALLOWED - vhost nowhere not found"), null, null, "127.0.0.1", new() { ConnectMs = 1, SignInMs = 2, TotalMs = 4 }));
        form.Find("#test-connection").Click();
        form.WaitForAssertion(() => Assert.Equal("Virtual host opened: failed", form.Find(".steps .failed span").TextContent));
        Assert.Contains("530 NOT_ALLOWED", form.Find("#test-outcome").TextContent, StringComparison.Ordinal);
        Assert.Contains("Upper and lower case differ", form.Find("#test-outcome").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Submit_FaultInAFoldedPart_UnfoldsAndFocusesIt()
    {
        _answer = new Refusal.Invalid([new("heartbeatSeconds", "Give a time from 5 to 600 seconds.")]);
        var form = RenderForm();
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.True(form.FindAll("details").Single(d => d.QuerySelector("#heartbeatSeconds") is not null).HasAttribute("open")));
        form.WaitForAssertion(() => Assert.Equal("heartbeatSeconds", JSInterop.VerifyInvoke("tc.focusId", calledTimes: 2)[^1].Arguments[0]));
    }

    [Fact]
    public void Submit_Conflict_IsSaidAboveTheButton()
    {
        _answer = new Refusal.Conflict("Someone else has changed this broker since you opened it.");
        var form = RenderForm();
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Contains("Someone else", form.Find("[role=alert]").TextContent, StringComparison.Ordinal));
    }

    private IRenderedComponent<AmqpBrokerForm> RenderForm() => Render<AmqpBrokerForm>(p => p
        .Add(f => f.State, _state)
        .Add(f => f.IsNew, true)
        .Add(f => f.Verb, "Make the broker")
        .Add(f => f.Save, () => Task.FromResult(_answer))
        .Add(f => f.Test, () => _tested.Task));
}
