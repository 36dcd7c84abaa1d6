using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Core.Brokers;
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
            ConnectionSteps.Of(test, isEncrypted: true, "MQTT").Select(s => $"{s.Title}|{s.State}|{s.Note}"));
        Assert.DoesNotContain(ConnectionSteps.Of(test, isEncrypted: false, "MQTT"), s => s.Title == "Encryption agreed on");
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
        var steps = ConnectionSteps.Of(new(false, new(code, "No."), null, null, code == "dns" ? null : "192.0.2.7", new() { ConnectMs = connectMs, TotalMs = 9 }), isEncrypted: true, "MQTT");
        var at = steps.ToList().FindIndex(s => s.State == ConnectionStepState.Failed);
        Assert.Equal(failed, steps[at].Title);
        Assert.All(steps.Take(at), s => Assert.Equal(ConnectionStepState.Passed, s.State));
        Assert.All(steps.Skip(at + 1), s => Assert.Equal(ConnectionStepState.Left, s.State));
    }

    [Theory]
    [InlineData("0x86 wrong user name or password", "Check user name and password, then test again.")]
    [InlineData("0x01 something new", null)]
    [InlineData(null, null)]
    public void Advice_RefusedByBroker_GoesByTheReason(string? reason, string? advice) => Assert.Equal(advice, BrokerAdvice.Of(new("refused_by_broker", "No.", reason)));
}
