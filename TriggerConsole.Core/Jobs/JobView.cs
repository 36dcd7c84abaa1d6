using TriggerConsole.Core.Executions.Queries;

namespace TriggerConsole.Core.Jobs;

/// <summary>A job as lists show it.</summary>
public sealed record JobView
{
    public required Guid Id { get; init; }

    public required JobState State { get; init; }

    /// <summary><c>http-5</c>.</summary>
    public required string Queue { get; init; }

    /// <summary>What the job is.</summary>
    public required ExecutionView Execution { get; init; }

    /// <summary>Not before this time; of what has been attempted, when its last attempt was due.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When the attempt that is under way began; null when none is.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The node that holds it; null when it waits in the table or is finished.</summary>
    public Guid? NodeId { get; init; }

    /// <summary>Its name; null when it is not listed: it may be lost.</summary>
    public string? Node { get; init; }

    /// <summary>Its node is not listed, or has not been heard of for too long.</summary>
    public bool IsNodeLost { get; init; }

    /// <summary>Its attempt has been under way for longer than its own limit and a margin.</summary>
    public bool IsStuck { get; init; }

    /// <summary>How long the last attempt had to wait from when it was due until it began, in milliseconds; null until it has ended.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>From when it was made until it was finished, in milliseconds.</summary>
    public double? TotalMs { get; init; }
}
