using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Jobs;

public sealed class JobHistoryTests
{
    private static readonly Guid s_node = Guid.NewGuid();
    private static readonly Dictionary<Guid, string> s_names = new() { [s_node] = "shop-1" };

    [Fact]
    public void Of_SucceededAtOnce_TellsLatencyAndDuration()
    {
        var history = JobHistory.Of(Row(ExecutionStatus.Succeeded, finished: 1.5), [Attempt(1, at: 0.5, took: 1, succeeded: true)], [], s_names);

        Assert.Equal([JobStepKind.Succeeded, JobStepKind.Processing, JobStepKind.Enqueued, JobStepKind.Created], history.Select(s => s.Kind));
        Assert.Equal((1000.0, "http_200", "shop-1"), (history[0].DurationMs, history[0].Code, history[0].Node));
        Assert.Equal(500.0, history[1].LatencyMs);
        Assert.Equal("http-5", history[2].Reason);
        Assert.Null(history[3].SinceMs);
    }

    [Fact]
    public void Of_Scheduled_IsNotYetEnqueued()
    {
        var history = JobHistory.Of(Row(ExecutionStatus.Queued, due: 3600), [], [], s_names);

        Assert.Equal([JobStepKind.Scheduled, JobStepKind.Created], history.Select(s => s.Kind));
        Assert.Equal(Sample.Now.AddHours(1), history[0].DueAt);
    }

    [Fact]
    public void Of_RetriedAndDead_TellsWhatFollowedEachAttempt()
    {
        var history = JobHistory.Of(Row(ExecutionStatus.DeadLettered, attempts: 2, due: 3, finished: 4), [Attempt(2, at: 3, took: 1), Attempt(1, at: 0, took: 1)], [], s_names);

        Assert.Equal([JobStepKind.Failed, JobStepKind.Processing, JobStepKind.AwaitingRetry, JobStepKind.Processing, JobStepKind.Enqueued, JobStepKind.Created], history.Select(s => s.Kind));
        Assert.Equal(Sample.Now.AddSeconds(3), history[2].DueAt);
        Assert.Equal(0.0, history[1].LatencyMs);
    }

    [Fact]
    public void Of_CancelledThenRequeuedByPeople_SaysWho()
    {
        ExecutionAction[] actions = [Action(ExecutionActionKind.Cancelled, 2, "ann@example.com"), Action(ExecutionActionKind.Retried, 5, "bob@example.com"), Action(ExecutionActionKind.Recovered, 6, null)];

        var history = JobHistory.Of(Row(ExecutionStatus.Retrying, attempts: 1, due: 5), [Attempt(1, at: 0, took: 1)], actions, s_names);

        Assert.Equal([JobStepKind.Recovered, JobStepKind.Requeued, JobStepKind.Deleted, JobStepKind.AttemptFailed, JobStepKind.Processing, JobStepKind.Enqueued, JobStepKind.Created], history.Select(s => s.Kind));
        Assert.Equal(("bob@example.com", "ann@example.com", 3000.0), (history[1].Actor, history[2].Actor, history[1].SinceMs));
    }

    [Fact]
    public void Of_DeadLetterGivenUp_WasFailedBefore()
    {
        var history = JobHistory.Of(Row(ExecutionStatus.Cancelled, attempts: 1, finished: 9), [Attempt(1, at: 0, took: 1)], [Action(ExecutionActionKind.Discarded, 9, "ann")], s_names);

        Assert.Equal([JobStepKind.Deleted, JobStepKind.Failed], history.Take(2).Select(s => s.Kind));
    }

    [Fact]
    public void Of_Running_SaysSinceWhenAndWhere()
    {
        var row = Row(ExecutionStatus.Running);
        (row.OwnerId, row.StartedAt) = (s_node, Sample.Now.AddSeconds(2));

        var newest = JobHistory.Of(row, [], [], s_names)[0];

        Assert.Equal((JobStepKind.Processing, Sample.Now.AddSeconds(2), 1, "shop-1"), (newest.Kind, newest.At, newest.Attempt, newest.Node));
    }

    private static Execution Row(ExecutionStatus status, int attempts = 0, double due = 0, double? finished = null) => new()
    {
        Id = Guid.NewGuid(),
        EventId = Guid.NewGuid(),
        TriggerId = Guid.NewGuid(),
        Kind = TriggerKind.Http,
        Status = status,
        Priority = 5,
        CreatedAt = Sample.Now,
        DueAt = Sample.Now.AddSeconds(due),
        FinishedAt = finished is { } at ? Sample.Now.AddSeconds(at) : null,
        Attempts = attempts,
    };

    private static Attempt Attempt(int number, double at, double took, bool succeeded = false) => new()
    {
        ExecutionId = Guid.Empty,
        Number = number,
        StartedAt = Sample.Now.AddSeconds(at),
        DurationMicroseconds = (long)(took * 1_000_000),
        Succeeded = succeeded,
        Code = succeeded ? "http_200" : "http_503",
        NodeId = s_node,
    };

    private static ExecutionAction Action(ExecutionActionKind kind, double at, string? actor) => new() { ExecutionId = Guid.Empty, At = Sample.Now.AddSeconds(at), Kind = kind, Actor = actor, NodeId = s_node };
}
