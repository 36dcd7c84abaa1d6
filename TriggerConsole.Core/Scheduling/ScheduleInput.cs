namespace TriggerConsole.Core.Scheduling;

/// <summary>A new schedule, or a change: what is left out stays. When <see cref="Kind"/> is given, everything that says when is replaced as a whole.</summary>
public sealed record ScheduleInput
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public ScheduleKind? Kind { get; init; }

    /// <summary>Five fields, or six with seconds first.</summary>
    public string? Cron { get; init; }

    /// <summary>1 to 31,622,400 (366 days).</summary>
    public long? IntervalSeconds { get; init; }

    public DateTimeOffset? At { get; init; }

    /// <summary>IANA id. Default of a new one: <c>Etc/UTC</c>.</summary>
    public string? TimeZone { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    /// <summary>Either this or <see cref="TriggerId"/>; giving one takes the other away.</summary>
    public Guid? CallbackId { get; init; }

    public Guid? TriggerId { get; init; }

    /// <summary>Template of the payload; an empty one for none.</summary>
    public string? Payload { get; init; }

    /// <summary>Default of a payload: <c>application/json</c>.</summary>
    public string? ContentType { get; init; }

    public MisfirePolicy? Misfire { get; init; }

    public OverlapPolicy? Overlap { get; init; }

    /// <summary>0 (last) to 9 (first); -1 for the trigger's own.</summary>
    public int? Priority { get; init; }

    /// <summary>Of a new one: it is made paused.</summary>
    public bool? Paused { get; init; }

    /// <summary>The version that was changed; left out: whatever is there.</summary>
    public int? Version { get; init; }
}
