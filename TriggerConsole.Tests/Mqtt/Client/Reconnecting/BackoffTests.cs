using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Client.Reconnecting;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Reconnecting;

public sealed class BackoffTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(1);

    [Fact]
    [Trait("mqtt", "Project: back-off")]
    public void Next_Unreachable_DoublesUpToTheMost()
        => Assert.Equal([0.5, 1, 2, 4, 8, 16, 20, 20], Waits(8, _ => (new(MqttConnectFault.Refused, ""), null)));

    [Fact]
    [Trait("mqtt", "Project: back-off")]
    public void Next_LongLife_BeginsAgain()
        => Assert.Equal([0.5, 1, 2, 0.5, 1], Waits(5, i => i == 3 ? (new(MqttConnectFault.ConnectionLost, ""), s_long) : (new(MqttConnectFault.Refused, ""), null)));

    // Two clients with one id throw each other out, and 3.1.1 does not say so: at most three reconnects of each in 30 s
    [Fact]
    [Trait("mqtt", "MQTT-3.1.3-2")]
    public void Next_ThrownOutAgainAndAgain_GivesWayQuickly()
        => Assert.Equal([0.5, 5, 10, 20, 20, 20], Waits(6, _ => (new(MqttConnectFault.ConnectionLost, ""), s_short)));

    [Fact]
    public void Next_BrokerReallyAway_IsNotTakenForThrowingOut()
        => Assert.Equal([0.5, 1, 2, 4], Waits(4, i => i % 2 == 0 ? (new(MqttConnectFault.ConnectionLost, ""), s_short) : (new(MqttConnectFault.Refused, ""), null)));

    [Theory]
    [Trait("mqtt", "MQTT-3.2.2-7")]
    [InlineData(MqttReasonCode.BadUserNameOrPassword)]
    [InlineData(MqttReasonCode.NotAuthorized)]
    [InlineData(MqttReasonCode.Banned)]
    [InlineData(MqttReasonCode.SessionTakenOver)]
    [InlineData(MqttReasonCode.ServerMoved)]
    public void Next_OnlyPeopleCanHelp_WaitsLongButNotForEver(MqttReasonCode reason)
        => Assert.Equal([15, 30, 60, 120, 240, 300, 300], Waits(7, _ => (new(MqttConnectFault.RefusedByBroker, "", reason), null)));

    [Theory]
    [InlineData(MqttReasonCode.ServerBusy)]
    [InlineData(MqttReasonCode.QuotaExceeded)]
    [InlineData(MqttReasonCode.ConnectionRateExceeded)]
    public void Next_AskedForPatience_IsPatient(MqttReasonCode reason)
        => Assert.Equal([5, 10, 20, 40, 60], Waits(5, _ => (new(MqttConnectFault.RefusedByBroker, "", reason), s_short)));

    [Theory]
    [InlineData(0, 0.35)]
    [InlineData(0.5, 0.5)]
    [InlineData(1, 0.65)]
    public void Next_Jitter_IsThreeTenthsEitherWay(double random, double seconds)
        => Assert.Equal(seconds, new Backoff(new()).Next(new(MqttConnectFault.Dns, ""), null, random).TotalSeconds, 3);

    private static IEnumerable<double> Waits(int count, Func<int, (MqttConnectFailure, TimeSpan?)> outcome)
    {
        var backoff = new Backoff(new());
        return [.. Enumerable.Range(0, count).Select(i => Math.Round(backoff.Next(outcome(i).Item1, outcome(i).Item2, 0.5).TotalSeconds, 3))];
    }
}
