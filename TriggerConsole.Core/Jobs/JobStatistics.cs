namespace TriggerConsole.Core.Jobs;

/// <summary>All counters of the Jobs pages at one moment.</summary>
public sealed record JobStatistics
{
    public required DateTimeOffset At { get; init; }

    public required long Enqueued { get; init; }

    public required long Scheduled { get; init; }

    public required long Processing { get; init; }

    /// <summary>Executions that have succeeded since figures are kept; those in the history may be fewer.</summary>
    public required long Succeeded { get; init; }

    public required long Failed { get; init; }

    public required long Deleted { get; init; }

    public required long AwaitingRetry { get; init; }

    /// <summary>Schedules.</summary>
    public required long Recurring { get; init; }

    /// <summary>Nodes whose heartbeat is fresh.</summary>
    public required int Servers { get; init; }

    /// <summary>Those under way for longer than their own limit and a margin, on any node.</summary>
    public required int Stuck { get; init; }

    /// <summary>Those with something in them, or with workers of their own, or paused; the others are empty.</summary>
    public required IReadOnlyList<QueueView> Queues { get; init; }

    /// <summary>Empty ones too.</summary>
    internal IReadOnlyList<QueueView> AllQueues { get; init; } = [];

    /// <summary>Sums since figures are kept, for rates: what has ended as a dead letter, and what was cancelled.</summary>
    internal long FailedInAll { get; init; }

    internal long DeletedInAll { get; init; }

    /// <summary>How many of a state there are, when the counters know.</summary>
    internal long? CountOf(JobState state, JobQueue? queue) => (state, queue) switch
    {
        (JobState.Enqueued, { } one) => Queues.FirstOrDefault(q => q.Queue == one)?.Waiting ?? 0,
        (_, not null) => null,
        (JobState.Enqueued, _) => Enqueued,
        (JobState.Scheduled, _) => Scheduled,
        (JobState.AwaitingRetry, _) => AwaitingRetry,
        (JobState.Processing, _) => Processing,
        (JobState.Failed, _) => Failed,
        (JobState.Deleted, _) => Deleted,
        _ => null, // what has succeeded in all is more than the list has
    };
}

/// <summary>One queue as the pages show it.</summary>
public sealed record QueueView
{
    internal JobQueue Queue { get; init; }

    /// <summary><c>http-5</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Due and waiting for a worker, on any node; those that a node holds in memory included.</summary>
    public required long Waiting { get; init; }

    /// <summary>Of those waiting, how many a node holds in memory.</summary>
    public required int Fetched { get; init; }

    /// <summary>Since when the one that has waited longest has been due; null when none waits.</summary>
    public DateTimeOffset? OldestDueAt { get; init; }

    /// <summary>Under way for half a second or more, on any node.</summary>
    public required int Processing { get; init; }

    /// <summary>Attempts under way on this node.</summary>
    public required int RunningHere { get; init; }

    /// <summary>How many may run at once on one node: <c>Execution:Workers</c>; null for no limit of its own.</summary>
    public int? Workers { get; init; }

    public required bool Paused { get; init; }

    /// <summary>Who paused it.</summary>
    public string? PausedBy { get; init; }

    public DateTimeOffset? PausedAt { get; init; }
}
