using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Scheduling;

/// <summary>Where a schedule stands.</summary>
public enum ScheduleState
{
    /// <summary>It runs when it is due.</summary>
    Active,
    Paused,

    /// <summary>It has no more times to come.</summary>
    Ended,
}

/// <summary>A schedule as API and pages show it.</summary>
public sealed record ScheduleView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required ScheduleKind Kind { get; init; }

    public string? Cron { get; init; }

    public long? IntervalSeconds { get; init; }

    public DateTimeOffset? At { get; init; }

    public required string TimeZone { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    /// <summary>When it runs, in words.</summary>
    public required string Words { get; init; }

    public Guid? CallbackId { get; init; }

    public Guid? TriggerId { get; init; }

    /// <summary>Of the callback or trigger; null when that is gone.</summary>
    public string? TargetName { get; init; }

    /// <summary>Of the trigger; null for a callback.</summary>
    public TriggerKind? TargetKind { get; init; }

    public string? Payload { get; init; }

    public string? ContentType { get; init; }

    public required MisfirePolicy Misfire { get; init; }

    public required OverlapPolicy Overlap { get; init; }

    public int? Priority { get; init; }

    public required ScheduleState State { get; init; }

    public required bool Paused { get; init; }

    public DateTimeOffset? ResumeAt { get; init; }

    /// <summary>Null when it is paused or has ended.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>Null when it has not been due yet.</summary>
    public ScheduleRunView? LastRun { get; init; }

    public string? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required int Version { get; init; }
}

/// <summary>One time at which a schedule was due, and what came of it.</summary>
public sealed record ScheduleRunView
{
    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset FiredAt { get; init; }

    public required ScheduleRunOutcome Outcome { get; init; }

    public string? Detail { get; init; }

    public Guid? EventId { get; init; }

    public required bool IsManual { get; init; }

    public string? Actor { get; init; }

    /// <summary>What became of the executions of its event; those that history no longer has are left out.</summary>
    public required IReadOnlyList<ScheduleRunExecution> Executions { get; init; }

    /// <summary>Nothing came of it, or one of its executions is a dead letter.</summary>
    public bool HasFailed => Outcome == ScheduleRunOutcome.Failed || Executions.Any(e => e.Status == ExecutionStatus.DeadLettered);
}

/// <summary>One execution of a run.</summary>
public sealed record ScheduleRunExecution(Guid Id, Guid? TriggerId, string? TriggerName, TriggerKind Kind, ExecutionStatus Status);

/// <summary>One page of runs, newest first.</summary>
public sealed record ScheduleRunPage(IReadOnlyList<ScheduleRunView> Items, string? NextCursor);

/// <summary>Which schedule made an event.</summary>
public sealed record ScheduleOrigin(Guid ScheduleId, string Name, DateTimeOffset DueAt, bool IsManual, string? Actor, bool IsDeleted);

/// <summary>What a schedule would do.</summary>
/// <param name="Words">When it runs, in words; null when that cannot be said.</param>
/// <param name="Next">The next times.</param>
/// <param name="Problems">What is wrong with it.</param>
public sealed record SchedulePreview(string? Words, IReadOnlyList<ScheduleTime> Next, IReadOnlyList<Validation.FieldError> Problems);

/// <summary>A time at which it runs.</summary>
/// <param name="At">In UTC.</param>
/// <param name="Local">In the schedule's zone, with its offset.</param>
public sealed record ScheduleTime(DateTimeOffset At, string Local);

/// <summary>What was asked for by hand.</summary>
public sealed record ScheduleRunReceipt(Guid ScheduleId, DateTimeOffset DueAt, ScheduleRunOutcome Outcome, string? Detail, Guid? EventId);
