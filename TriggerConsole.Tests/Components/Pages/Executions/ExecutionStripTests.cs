using TriggerConsole.Components.Pages.Executions;
using TriggerConsole.Core.Executions;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Executions;

public sealed class ExecutionStripTests
{
    [Fact]
    public void Of_SucceededOnSecondTry_ListsStationsWithTheTimeBetween()
    {
        var steps = ExecutionStrip.Of(
            Views.Execution(ExecutionStatus.Succeeded, 2), Views.Now.AddMilliseconds(-3),
            [Views.Attempt(2, Views.Now.AddMilliseconds(2050), 84, true, "http_200"), Views.Attempt(1, Views.Now.AddMilliseconds(10), 40)]);

        Assert.Equal(["Received", "Queued", "Try 1", "Try 2"], steps.Select(s => s.Title));
        Assert.Equal(["3 ms", "10 ms", "2.0 s", null], steps.Select(s => s.Then));
        Assert.Equal(["plain", "plain", "dead", "succeeded"], steps.Select(s => s.Css));
        Assert.Equal("HTTP 200, 84 ms", steps[^1].Note);
        Assert.Equal(2, steps[^1].Attempt);
    }

    [Fact]
    public void Of_Retrying_EndsWithTheNextTry()
    {
        var due = Views.Now.AddSeconds(9);
        var steps = ExecutionStrip.Of(Views.Execution(ExecutionStatus.Retrying, 1, next: due), Views.Now, [Views.Attempt(1, Views.Now.AddSeconds(1), 1000)]);

        Assert.Equal(("Try 2", "retrying", due, null), (steps[^1].Title, steps[^1].Css, steps[^1].At, steps[^1].Attempt));
        Assert.Equal("7.0 s", steps[^2].Then);
    }

    [Fact]
    public void Of_ManyTries_LeavesOutTheMiddle()
    {
        var steps = ExecutionStrip.Of(Views.Execution(ExecutionStatus.DeadLettered, 20), Views.Now, [.. Enumerable.Range(1, 20).Select(n => Views.Attempt(n))]);

        Assert.Equal(["Received", "Queued", "Try 1", "Try 2", "15 more tries", "Try 18", "Try 19", "Try 20", "Dead letter"], steps.Select(s => s.Title));
    }

    [Fact]
    public void Of_EventGone_BeginsWithTheQueue() => Assert.Equal("Queued", ExecutionStrip.Of(Views.Execution(ExecutionStatus.Succeeded, 1), null, [Views.Attempt(1)])[0].Title);

    [Fact]
    public void Of_Replay_SaysSo() => Assert.Equal("Replayed", ExecutionStrip.Of(Views.Execution(ExecutionStatus.Queued, replayOf: Guid.NewGuid()), Views.Now.AddDays(-3), [])[1].Title);

    [Fact]
    public void Of_FailedTest_EndsWithItsTry() => Assert.Equal("Try 1", ExecutionStrip.Of(Views.Execution(ExecutionStatus.DeadLettered, 1, isTest: true), Views.Now, [Views.Attempt(1)])[^1].Title);

    [Fact]
    public void Of_ClockThatIsBehind_ShowsNoNegativeTime()
        => Assert.Equal("<1 ms", ExecutionStrip.Of(Views.Execution(ExecutionStatus.Succeeded, 1), Views.Now.AddSeconds(5), [Views.Attempt(1)])[0].Then);

    [Theory]
    [InlineData(ExecutionStatus.Held, "Held")]
    [InlineData(ExecutionStatus.Running, "Try 1")]
    [InlineData(ExecutionStatus.Cancelled, "Cancelled")]
    public void Of_OtherStatuses_EndWithThem(ExecutionStatus status, string title)
    {
        var last = ExecutionStrip.Of(Views.Execution(status), Views.Now, [])[^1];
        Assert.Equal((title, status.ToString().ToLowerInvariant()), (last.Title, last.Css));
    }
}
