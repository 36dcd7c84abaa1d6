using System.Diagnostics.CodeAnalysis;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;

namespace TriggerConsole.Core.Mqtt;

/// <inheritdoc/>
public sealed record MqttLogFilter : MessageLogFilter
{
    /// <summary>Text that occurs in the topic; case does not count.</summary>
    public string? Topic { get; init; }
}

/// <inheritdoc/>
public sealed record MqttLogEntry : MessageLogEntry
{
    [SetsRequiredMembers]
    internal MqttLogEntry(ExecutionView view, Attempt? last, Guid? brokerId, string? broker) : base(view, last, brokerId, broker)
    {
    }

    public string? Topic { get; init; }

    public int? Qos { get; init; }

    public bool? Retain { get; init; }

    /// <summary>Bytes of the payload.</summary>
    public long? PayloadSize { get; init; }

    /// <summary>The broker's reason code and its meaning, when it gave one.</summary>
    public string? Reason { get; init; }
}
