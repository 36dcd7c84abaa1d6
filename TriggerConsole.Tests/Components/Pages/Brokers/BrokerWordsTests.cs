using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Core.Brokers;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Brokers;

public sealed class BrokerWordsTests
{
    [Theory]
    [InlineData(BrokerState.Connected, true, BrokerHealth.Connected)]
    [InlineData(BrokerState.Connected, false, BrokerHealth.Connected)]
    [InlineData(BrokerState.Connecting, false, BrokerHealth.Connecting)]
    [InlineData(BrokerState.Connecting, true, BrokerHealth.Down)] // between two tries: no change for a reader
    [InlineData(BrokerState.Waiting, true, BrokerHealth.Down)]
    [InlineData(BrokerState.Waiting, false, BrokerHealth.Down)]
    [InlineData(BrokerState.Stopped, false, BrokerHealth.Connecting)]
    [InlineData(BrokerState.Stopped, true, BrokerHealth.Down)]
    [InlineData(BrokerState.Disabled, false, BrokerHealth.Off)]
    [InlineData(BrokerState.Blocked, true, BrokerHealth.Blocked)]
    public void HealthOf_State_IsWhatAReaderShouldSee(BrokerState state, bool hasFailed, BrokerHealth health)
        => Assert.Equal(health, Rows.Broker(state, hasFailed ? Rows.Refused : null).Health);

    [Theory]
    [InlineData(1, 0, "1 broker is not connected")]
    [InlineData(2, 0, "2 brokers are not connected")]
    [InlineData(0, 1, "1 broker takes no messages")]
    [InlineData(1, 2, "1 broker is not connected, 2 take no messages")]
    public void Away_Counts_SayWhatIsWrong(int down, int blocked, string words) => Assert.Equal(words, BrokerWords.Away(down, blocked));

    [Theory]
    [InlineData(0.04, "0.1 ms"), InlineData(0.42, "0.4 ms"), InlineData(9.94, "9.9 ms"), InlineData(84.4, "84 ms"), InlineData(2400, "2.4 s")]
    public void RoundTrip_Time_HasAsManyDigitsAsSaySomething(double milliseconds, string expected) => Assert.Equal(expected, BrokerWords.RoundTrip(milliseconds));

    [Fact]
    public void Changes_OnlyOneBrokerChanged_NamesThatOne()
    {
        var other = Rows.Broker(BrokerState.Connected, name: "Cloud") with { Id = Guid.NewGuid() };
        Assert.Equal("Workshop: not connected.", BrokersPage.Changes([Rows.Broker(BrokerState.Connected), other], [Rows.Broker(BrokerState.Waiting, Rows.Refused), other]));
        Assert.Equal("", BrokersPage.Changes([], [other]));
    }
}
