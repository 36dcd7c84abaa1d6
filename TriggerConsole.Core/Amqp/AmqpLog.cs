using System.Diagnostics.CodeAnalysis;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;

namespace TriggerConsole.Core.Amqp;

/// <inheritdoc/>
public sealed record AmqpLogFilter : MessageLogFilter
{
    /// <summary>Text that occurs in the name of the exchange or queue, or in the routing key; case does not count.</summary>
    public string? Q { get; init; }
}

/// <inheritdoc/>
public sealed record AmqpLogEntry : MessageLogEntry
{
    [SetsRequiredMembers]
    internal AmqpLogEntry(ExecutionView view, Attempt? last, Guid? brokerId, string? broker) : base(view, last, brokerId, broker)
    {
    }

    /// <summary>Name of the exchange; <c>default</c> for what went straight to a queue.</summary>
    public string? Exchange { get; init; }

    /// <summary>The queue that it went straight to.</summary>
    public string? Queue { get; init; }

    public string? RoutingKey { get; init; }

    public bool? Mandatory { get; init; }

    /// <summary>Bytes of the payload.</summary>
    public long? PayloadSize { get; init; }

    /// <summary>The broker's code and words, when it gave any: <c>312 NO_ROUTE</c>.</summary>
    public string? Reply { get; init; }
}
