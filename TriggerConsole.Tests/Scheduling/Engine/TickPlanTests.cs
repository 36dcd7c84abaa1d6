using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Scheduling.Engine;
using Xunit;

namespace TriggerConsole.Tests.Scheduling.Engine;

public sealed class TickPlanTests
{
    private static readonly DateTimeOffset s_due = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly ScheduleTimes s_hourly = Every(3600);

    [Theory]
    [InlineData(MisfirePolicy.RunOnce)]
    [InlineData(MisfirePolicy.RunEach)]
    [InlineData(MisfirePolicy.Skip)]
    public void Make_InTimeOrALittleLate_RunsWhateverThePolicy(MisfirePolicy policy)
    {
        foreach (var late in new[] { -1, 0, 20, 60 })
        {
            var plan = TickPlan.Make(s_hourly, policy, s_due, s_due.AddHours(1), s_due.AddSeconds(late));
            Assert.Equal([s_due], plan.Runs);
            Assert.Null(plan.Left);
        }
    }

    [Fact]
    public void Make_RunOnce_RunsTheLastMissedTimeAndSaysHowManyItStandsFor()
    {
        var plan = TickPlan.Make(s_hourly, MisfirePolicy.RunOnce, s_due, s_due.AddHours(6), s_due.AddHours(5).AddMinutes(20));
        Assert.Equal([s_due.AddHours(5)], plan.Runs);
        Assert.Equal((s_due, 5, MissedRuns.Reason.MadeUpByOne), (plan.Left!.RecordedAt, plan.Left.Count, plan.Left.Why));
        Assert.Equal("5 runs were missed from 2026-03-01 10:00:00 to 2026-03-01 15:00:00 UTC; one later run makes up for all.", plan.Left.InWords);
    }

    [Fact]
    public void Make_RunOnce_TheOneThatIsDueNowMakesUpForThoseBefore()
    {
        var plan = TickPlan.Make(s_hourly, MisfirePolicy.RunOnce, s_due, s_due.AddHours(3), s_due.AddHours(2).AddSeconds(5));
        Assert.Equal([s_due.AddHours(2)], plan.Runs);
        Assert.Equal(2, plan.Left!.Count);
    }

    [Fact]
    public void Make_RunOnceAndTheNextOneIsThereAlready_LeavesItToThatOne()
    {
        var plan = TickPlan.Make(s_hourly, MisfirePolicy.RunOnce, s_due, s_due.AddHours(1), s_due.AddHours(1).AddSeconds(1));
        Assert.Empty(plan.Runs);
        Assert.Equal(1, plan.Left!.Count);
    }

    [Fact]
    public void Make_RunOnceOfOneMissed_RunsItAndLeavesNone()
    {
        var plan = TickPlan.Make(s_hourly, MisfirePolicy.RunOnce, s_due, s_due.AddHours(1), s_due.AddMinutes(30));
        Assert.Equal([s_due], plan.Runs);
        Assert.Null(plan.Left);
    }

    [Fact]
    public void Make_RunEach_RunsEachOldestFirst()
    {
        var plan = TickPlan.Make(s_hourly, MisfirePolicy.RunEach, s_due, s_due.AddHours(3), s_due.AddHours(2).AddSeconds(5));
        Assert.Equal([s_due, s_due.AddHours(1), s_due.AddHours(2)], plan.Runs);
        Assert.Null(plan.Left);
    }

    [Fact]
    public void Make_RunEachOfVeryMany_RunsTheLatestHundredAndSaysHowManyNot()
    {
        var plan = TickPlan.Make(Every(60), MisfirePolicy.RunEach, s_due, s_due.AddMinutes(501), s_due.AddMinutes(500).AddSeconds(30));
        Assert.Equal(TickPlan.MostMadeUp + 1, plan.Runs.Count); // and the one that is due now
        Assert.Equal(s_due.AddMinutes(500), plan.Runs[^1]);
        Assert.Equal(s_due.AddMinutes(400), plan.Runs[0]);
        Assert.Equal((400, s_due), (plan.Left!.Count, plan.Left.RecordedAt));
        Assert.Contains("only the latest 100 are made up for", plan.Left.InWords, StringComparison.Ordinal);
    }

    [Fact]
    public void Make_Skip_LeavesTheMissedOutAndRunsWhatIsDueNow()
    {
        var plan = TickPlan.Make(s_hourly, MisfirePolicy.Skip, s_due, s_due.AddHours(3), s_due.AddHours(2).AddSeconds(5));
        Assert.Equal([s_due.AddHours(2)], plan.Runs);
        Assert.Equal((2, MissedRuns.Reason.PolicySkips), (plan.Left!.Count, plan.Left.Why));
    }

    [Fact]
    public void Make_AYearOfSeconds_IsBounded()
    {
        var plan = TickPlan.Make(Every(1), MisfirePolicy.RunEach, s_due, s_due.AddYears(1).AddSeconds(1), s_due.AddYears(1));
        Assert.True(plan.Left!.Truncated);
        Assert.True(plan.Runs.Count <= TickPlan.MostMadeUp + 61);
        Assert.Equal(s_due.AddYears(1), plan.Runs[^1]);
        Assert.StartsWith("More than ", plan.Left.InWords, StringComparison.Ordinal);
    }

    [Fact]
    public void Make_WithoutANextTime_SettlesAllUntilNow()
    {
        var plan = TickPlan.Make(ScheduleTimes.Once(s_due), MisfirePolicy.Skip, s_due, null, s_due.AddDays(1));
        Assert.Empty(plan.Runs);
        Assert.Equal("1 run was missed at 2026-03-01 10:00:00 UTC and left out, as this schedule asks.", plan.Left!.InWords);
    }

    private static ScheduleTimes Every(int seconds) => ScheduleTimes.Of(new()
    {
        Id = Guid.NewGuid(),
        Name = "x",
        Kind = ScheduleKind.Interval,
        IntervalSeconds = seconds,
        TimeZone = "Etc/UTC",
        StartAt = s_due.AddDays(-1),
        CreatedAt = s_due,
        UpdatedAt = s_due,
    });
}
