using TriggerConsole.Components.Pages.Home;
using TriggerConsole.Core.Statistics;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Home;

public sealed class HomeRatesTests
{
    [Theory]
    [InlineData(0, 60 + 7)] // the minute before counts whole
    [InlineData(30, 30 + 7)]
    [InlineData(45, 15 + 7)]
    [InlineData(59, 1 + 7)]
    public void LastMinute_SecondsIntoTheMinute_TakesThatMuchLessOfTheOneBefore(int seconds, int accepted)
        => Assert.Equal(accepted, HomeRates.LastMinute([Minute(-2, 1000), Minute(-1, 60), Minute(0, 7)], Sample.Now.AddSeconds(seconds)).Accepted);

    [Fact]
    public void LastMinute_SingleEvent_IsSeenForAMinuteAtLeast()
        => Assert.Equal(1, HomeRates.LastMinute([Minute(-1, 1), Minute(0, 0)], Sample.Now.AddSeconds(55)).Accepted);

    [Fact]
    public void Sum_Minutes_AddsUp() => Assert.Equal(new(67, 67, 2, 1), HomeRates.Sum([Minute(-1, 60) with { FailedAttempts = 2 }, Minute(0, 7) with { DeadLettered = 1 }]));

    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 8)]
    [InlineData(9, 12)]
    [InlineData(41, 60)]
    [InlineData(2050, 2400)]
    [InlineData(2_000_000_000, 2_000_000_000)]
    public void NiceTop_Most_HoldsItInWholeQuarters(int most, double top) => Assert.Equal(top, DayChart.NiceTop(most));

    private static StatisticPoint Minute(int offset, int accepted) => new(Sample.Now.AddMinutes(offset), accepted, accepted, 0, 0, 0, accepted, 1, 1);
}
