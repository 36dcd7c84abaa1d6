using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions;

/// <summary>
/// Status of an execution. <c>docs/states.md</c> draws who moves what. <see cref="Held"/> is never stored: it is a waiting
/// execution whose trigger is paused, so that pausing and resuming a million of them costs nothing.
/// </summary>
public enum ExecutionStatus
{
    /// <summary>Waits for its first attempt (or for its time, when it was scheduled).</summary>
    Queued,

    /// <summary>An attempt is under way.</summary>
    Running,

    /// <summary>An attempt failed; the next one is due at <see cref="Execution.DueAt"/>.</summary>
    Retrying,

    /// <summary>Waits because its trigger is paused.</summary>
    Held,

    Succeeded,

    /// <summary>Its retries are used up, or the failure was of a kind that is not retried.</summary>
    DeadLettered,

    Cancelled,
}

/// <summary>One event carried to one trigger.</summary>
public sealed class Execution
{
    public const int MaxCodeLength = 64;
    public const int MaxDetailLength = 500;
    public const int MaxTargetLength = 500;

    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>Null for a test of settings that were not saved.</summary>
    public Guid? TriggerId { get; init; }

    public required TriggerKind Kind { get; init; }

    public required ExecutionStatus Status { get; set; }

    /// <summary>0 (last) to 9 (first).</summary>
    public required int Priority { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not to be attempted before this time.</summary>
    public required DateTimeOffset DueAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The node that holds it in memory, to run it; null when it waits in the table or is finished.</summary>
    public Guid? OwnerId { get; set; }

    /// <summary>When the attempt that is under way began; means something only while <see cref="Status"/> is <see cref="ExecutionStatus.Running"/>.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>Attempts made and recorded.</summary>
    public int Attempts { get; set; }

    /// <summary>How often a stopped process had it in memory, so that an attempt may have been made that is not recorded.</summary>
    public int Recoveries { get; set; }

    /// <summary>Sent from the editor's test button or <c>POST /api/triggers/test</c>.</summary>
    public bool IsTest { get; init; }

    /// <summary>The execution this one repeats.</summary>
    public Guid? ReplayOf { get; init; }

    /// <summary>The address last called, secrets masked: <c>POST https://crm.example/orders</c>.</summary>
    public string? Target { get; set; }

    /// <summary>Outcome of the last attempt: <c>http_200</c>, <c>timeout</c>, <c>dns</c>, …</summary>
    public string? LastCode { get; set; }

    public FailureKind? LastFailure { get; set; }

    /// <summary>The last failure in a sentence.</summary>
    public string? LastDetail { get; set; }

    /// <summary>How long the last attempt took, in microseconds.</summary>
    public long? LastDurationMicroseconds { get; set; }
}
