using TriggerConsole.Core.Executions;

namespace TriggerConsole.Core.Jobs;

/// <summary>
/// Where an execution stands, in the words of those who run job systems. A job is an execution; what differs is that "waits" is
/// told apart by whether it is due. <c>docs/jobs.md</c> has the table.
/// </summary>
public enum JobState
{
    /// <summary>Due, and waits for a worker; the first attempt or a later one.</summary>
    Enqueued,

    /// <summary>Waits for the time of its first attempt.</summary>
    Scheduled,

    /// <summary>An attempt has been under way for half a second or more.</summary>
    Processing,

    Succeeded,

    /// <summary>A dead letter.</summary>
    Failed,

    /// <summary>Cancelled before it succeeded, or a dead letter that was given up.</summary>
    Deleted,

    /// <summary>An attempt failed; the time of the next one is ahead.</summary>
    AwaitingRetry,
}

internal static class JobStates
{
    /// <summary>How long after its start an attempt is marked as running in the database.</summary>
    public static JobState Of(ExecutionStatus status, DateTimeOffset dueAt, DateTimeOffset now) => status switch
    {
        ExecutionStatus.Running => JobState.Processing,
        ExecutionStatus.Succeeded => JobState.Succeeded,
        ExecutionStatus.DeadLettered => JobState.Failed,
        ExecutionStatus.Cancelled => JobState.Deleted,
        _ when dueAt <= now => JobState.Enqueued,
        ExecutionStatus.Retrying => JobState.AwaitingRetry,
        _ => JobState.Scheduled,
    };

    /// <summary>In a sentence: "it is now <c>a dead letter</c>".</summary>
    public static string Words(JobState state) => state switch
    {
        JobState.Enqueued => "enqueued",
        JobState.Scheduled => "scheduled",
        JobState.Processing => "being processed",
        JobState.Succeeded => "succeeded",
        JobState.Failed => "failed",
        JobState.Deleted => "deleted",
        _ => "awaiting a retry",
    };
}
