namespace TriggerConsole.Core.Scheduling;

/// <summary>How a schedule says when.</summary>
public enum ScheduleKind
{
    /// <summary>A cron expression in a time zone.</summary>
    Cron,

    /// <summary>Every so many seconds.</summary>
    Interval,

    /// <summary>Once, at a time.</summary>
    Once,
}

/// <summary>What happens to runs that were missed because the server was down or the schedule was paused.</summary>
public enum MisfirePolicy
{
    /// <summary>One run makes up for all that were missed.</summary>
    RunOnce,

    /// <summary>Each missed run is made up for.</summary>
    RunEach,

    /// <summary>Missed runs are left out; it goes on with the next one.</summary>
    Skip,
}

/// <summary>What happens when a run is due while an execution of the one before is not finished.</summary>
public enum OverlapPolicy
{
    /// <summary>It runs beside it.</summary>
    Allow,

    /// <summary>It is left out, and the history says so.</summary>
    Skip,
}

/// <summary>Time as a source: makes an event at a callback, or calls a trigger, whenever it is due.</summary>
public sealed class Schedule
{
    public const int MaxNameLength = 200;
    public const int MaxCronLength = 200;
    public const int MaxTimeZoneLength = 100;
    public const int MaxContentTypeLength = 100;

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    public required ScheduleKind Kind { get; set; }

    /// <summary>Five fields, or six with seconds first; set for <see cref="ScheduleKind.Cron"/>.</summary>
    public string? Cron { get; set; }

    /// <summary>Set for <see cref="ScheduleKind.Interval"/>.</summary>
    public long? IntervalSeconds { get; set; }

    /// <summary>Set for <see cref="ScheduleKind.Once"/>.</summary>
    public DateTimeOffset? At { get; set; }

    /// <summary>IANA id of the zone in which the expression is read and times are shown: <c>Europe/Berlin</c>.</summary>
    public required string TimeZone { get; set; }

    /// <summary>Nothing runs before; an interval counts from here. Null: from when it was made.</summary>
    public DateTimeOffset? StartAt { get; set; }

    /// <summary>Nothing runs after; null: without end.</summary>
    public DateTimeOffset? EndAt { get; set; }

    /// <summary>Each run is an event of this callback; null when it calls <see cref="TriggerId"/>.</summary>
    public Guid? CallbackId { get; set; }

    /// <summary>Each run calls this trigger alone; null when it makes events of <see cref="CallbackId"/>.</summary>
    public Guid? TriggerId { get; set; }

    /// <summary>Template of the payload; null for an empty one.</summary>
    public string? Payload { get; set; }

    /// <summary>Media type of the payload; decides how the template is read. Null for an empty payload.</summary>
    public string? ContentType { get; set; }

    public MisfirePolicy Misfire { get; set; }

    public OverlapPolicy Overlap { get; set; }

    /// <summary>0 (last) to 9 (first); null for the trigger's own.</summary>
    public int? Priority { get; set; }

    /// <summary>Nothing runs until it is resumed.</summary>
    public bool Paused { get; set; }

    /// <summary>When a paused schedule goes on by itself; null: when someone resumes it.</summary>
    public DateTimeOffset? ResumeAt { get; set; }

    /// <summary>Who made it: e-mail of the user or name of the API key.</summary>
    public string? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Deleted schedules keep their row while history names them.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Grows with each change; two editors cannot overwrite each other unseen.</summary>
    public int Version { get; set; }
}
