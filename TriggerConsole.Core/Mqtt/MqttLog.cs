using TriggerConsole.Core.Executions;

namespace TriggerConsole.Core.Mqtt;

/// <summary>Which messages are meant. Everything left out matches all.</summary>
public sealed record MqttLogFilter
{
    public Guid? BrokerId { get; init; }

    public Guid? TriggerId { get; init; }

    public IReadOnlyList<ExecutionStatus> Statuses { get; init; } = [];

    /// <summary>Made at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Made before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Text that occurs in the topic; case does not count.</summary>
    public string? Topic { get; init; }
}

/// <summary>One page of messages, newest first.</summary>
/// <param name="NextCursor">Give it back for the next page; null at the end.</param>
/// <param name="SearchedTo">A search that ran out of time stopped here; the next page goes on from it. Null when it saw all it had to.</param>
public sealed record MqttLogPage(IReadOnlyList<MqttLogEntry> Items, string? NextCursor, DateTimeOffset? SearchedTo);

/// <summary>A message that was sent, or is to be: an execution with what its last attempt says.</summary>
public sealed record MqttLogEntry
{
    public required Guid ExecutionId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last attempt began; null when none has been made.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Null for what was published without a saved trigger.</summary>
    public Guid? TriggerId { get; init; }

    public string? TriggerName { get; init; }

    public Guid? BrokerId { get; init; }

    /// <summary>Name of the broker.</summary>
    public string? Broker { get; init; }

    public string? Topic { get; init; }

    public int? Qos { get; init; }

    public bool? Retain { get; init; }

    /// <summary>Bytes of the payload.</summary>
    public long? PayloadSize { get; init; }

    public required ExecutionStatus Status { get; init; }

    /// <summary>Outcome of the last attempt: <c>acknowledged</c>, <c>broker_unreachable</c>, …</summary>
    public string? Code { get; init; }

    /// <summary>The broker's reason code and its meaning, when it gave one.</summary>
    public string? Reason { get; init; }

    public string? Detail { get; init; }

    public required int Attempts { get; init; }

    public required bool Test { get; init; }

    public double? DurationMs { get; init; }
}
