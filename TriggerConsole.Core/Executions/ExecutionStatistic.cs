namespace TriggerConsole.Core.Executions;

/// <summary>
/// What happened with one trigger in one minute. Written in the same transactions as the executions themselves, so charts
/// and rates never scan history.
/// </summary>
public sealed class ExecutionStatistic
{
    /// <summary>Start of the minute.</summary>
    public required DateTimeOffset Minute { get; init; }

    /// <summary><see cref="Guid.Empty"/> for tests of settings that were not saved.</summary>
    public required Guid TriggerId { get; init; }

    public int Accepted { get; set; }

    public int Succeeded { get; set; }

    public int DeadLettered { get; set; }

    public int Cancelled { get; set; }

    /// <summary>Attempts that failed, whatever came of their executions.</summary>
    public int FailedAttempts { get; set; }

    public int Attempts { get; set; }

    /// <summary>Sum of the attempts' durations; with <see cref="Attempts"/> it gives the mean.</summary>
    public long DurationMicroseconds { get; set; }

    public long LongestMicroseconds { get; set; }
}
