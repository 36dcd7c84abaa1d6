namespace TriggerConsole.Core.Scheduling;

/// <summary>What came of a time at which a schedule was due.</summary>
public enum ScheduleRunOutcome
{
    /// <summary>Its event is stored; the executions say how it went on.</summary>
    Fired,

    /// <summary>Left out: an execution of the run before was not finished.</summary>
    SkippedOverlap,

    /// <summary>Left out: its time was missed, and the schedule asks for no run then.</summary>
    SkippedMissed,

    /// <summary>Nothing could be made of it: target deleted or switched off, payload template without its value. <see cref="ScheduleRun.Detail"/> says which.</summary>
    Failed,
}

/// <summary>
/// One time at which a schedule was due, and what came of it. Written in the transaction that stores the event, once for each
/// schedule and time, so that a tick fires once however many nodes try.
/// </summary>
public sealed class ScheduleRun
{
    public const int MaxDetailLength = 500;

    public required Guid ScheduleId { get; init; }

    /// <summary>The time it was meant for; of a manual run the time it was asked for.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When it was carried out.</summary>
    public required DateTimeOffset FiredAt { get; init; }

    public required ScheduleRunOutcome Outcome { get; init; }

    /// <summary>Why it was left out or failed.</summary>
    public string? Detail { get; init; }

    /// <summary>The event it made.</summary>
    public Guid? EventId { get; init; }

    /// <summary>Someone asked for it by hand.</summary>
    public bool IsManual { get; init; }

    /// <summary>Who asked for a manual run.</summary>
    public string? Actor { get; init; }

    /// <summary>The node that carried it out.</summary>
    public Guid? NodeId { get; init; }
}
