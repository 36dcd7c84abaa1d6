using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers;

public sealed class ConnectionStepsTests
{
    [Fact]
    public void Of_Success_EveryStepPassedWithItsTime()
    {
        var test = new ConnectionTest(true, null, "5.0", "me", "192.0.2.7", new() { DnsMs = 1.24, ConnectMs = 12, SignInMs = 0.5, TotalMs = 14 });
        Assert.Equal(
            ["Host name found|Passed|192.0.2.7, 1.2 ms", "Port answers|Passed|12 ms", "Encryption agreed on|Passed|", "Signed in|Passed|0.5 ms", "Ready|Passed|MQTT 5.0"],
            ConnectionSteps.Of(test, isEncrypted: true, TriggerKind.Mqtt).Select(s => $"{s.Title}|{s.State}|{s.Note}"));
        Assert.DoesNotContain(ConnectionSteps.Of(test, isEncrypted: false, TriggerKind.Mqtt), s => s.Title == "Encryption agreed on");
    }

    [Theory]
    [InlineData("dns", null, "Host name found")]
    [InlineData("connect_refused", null, "Port answers")]
    [InlineData("blocked_by_egress_policy", null, "Port answers")]
    [InlineData("timeout", null, "Port answers")]
    [InlineData("timeout", 3.0, "Signed in")]
    [InlineData("tls", 3.0, "Encryption agreed on")]
    [InlineData("refused_by_broker", 3.0, "Signed in")]
    [InlineData("not_mqtt", 3.0, "Signed in")]
    public void Of_Failure_StopsAtTheStepThatFailed(string code, double? connectMs, string failed)
    {
        var steps = ConnectionSteps.Of(new(false, new(code, "No."), null, null, code == "dns" ? null : "192.0.2.7", new() { ConnectMs = connectMs, TotalMs = 9 }), isEncrypted: true, TriggerKind.Mqtt);
        var at = steps.ToList().FindIndex(s => s.State == ConnectionStepState.Failed);
        Assert.Equal(failed, steps[at].Title);
        Assert.All(steps.Take(at), s => Assert.Equal(ConnectionStepState.Passed, s.State));
        Assert.All(steps.Skip(at + 1), s => Assert.Equal(ConnectionStepState.Left, s.State));
    }

    [Theory]
    [InlineData("login_refused", "Signed in")]
    [InlineData("not_amqp", "Signed in")]
    [InlineData("vhost_missing", "Virtual host opened")]
    [InlineData("vhost_refused", "Virtual host opened")]
    public void Of_AmqpFailure_TellsSignInAndVirtualHostApart(string code, string failed)
    {
        var steps = ConnectionSteps.Of(new(false, new(code, "No."), null, null, "192.0.2.7", new() { ConnectMs = 3, TotalMs = 9 }), isEncrypted: false, TriggerKind.Amqp);
        Assert.Equal(failed, steps.Single(s => s.State == ConnectionStepState.Failed).Title);
        Assert.NotNull(BrokerAdvice.Of(new(code, "No."), TriggerKind.Amqp));
    }

    [Fact]
    public void Of_AmqpSuccess_NamesTheServerAndTheTimeOfEncryption()
    {
        var test = new ConnectionTest(true, null, "0-9-1", null, "192.0.2.7", new() { TlsMs = 4.2, SignInMs = 3, TotalMs = 14 }) { Server = "RabbitMQ 3.10.8" };
        var steps = ConnectionSteps.Of(test, isEncrypted: true, TriggerKind.Amqp);
        Assert.Equal("4.2 ms", steps.Single(s => s.Title == "Encryption agreed on").Note);
        Assert.Equal("RabbitMQ 3.10.8", steps[^1].Note);
    }

    [Theory]
    [InlineData("0x86 wrong user name or password", "Check user name and password, then test again.")]
    [InlineData("0x01 something new", null)]
    [InlineData(null, null)]
    public void Advice_RefusedByBroker_GoesByTheReason(string? reason, string? advice) => Assert.Equal(advice, BrokerAdvice.Of(new("refused_by_broker", "No.", reason), TriggerKind.Mqtt));
}
