using System.Text.Json;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>What is known of an exchange at its broker.</summary>
public enum AmqpExchangeState
{
    /// <summary>There has been no connection yet to look.</summary>
    Unknown,

    /// <summary>It is there.</summary>
    Present,

    /// <summary>It is not there, and is not to be made from here.</summary>
    Missing,

    /// <summary>It is there with another definition.</summary>
    Clash,

    /// <summary>The broker refused to make it or to tell.</summary>
    Refused,
}

/// <param name="Detail">A sentence for people; null when all is well.</param>
/// <param name="Actual">What it is at the broker, when it differs and could be found out.</param>
/// <param name="CheckedAt">When it was looked at last; null for never.</param>
public sealed record AmqpExchangeStatus(AmqpExchangeState State, string? Detail, AmqpExchangeDefinition? Actual, DateTimeOffset? CheckedAt)
{
    public static AmqpExchangeStatus Unknown { get; } = new(AmqpExchangeState.Unknown, null, null, null);
}

/// <summary>An exchange as people see it.</summary>
public sealed record AmqpExchangeView
{
    public required Guid Id { get; init; }

    public required Guid BrokerId { get; init; }

    /// <summary>Name of the broker.</summary>
    public required string Broker { get; init; }

    public required string Name { get; init; }

    public required AmqpExchangeType Type { get; init; }

    public required bool Durable { get; init; }

    public required bool AutoDelete { get; init; }

    public required bool Internal { get; init; }

    public string? AlternateExchange { get; init; }

    public required IReadOnlyDictionary<string, JsonElement> Arguments { get; init; }

    public required bool Declare { get; init; }

    /// <summary>What is known of it at the broker.</summary>
    public required AmqpExchangeStatus Status { get; init; }

    /// <summary>How many triggers publish to it.</summary>
    public required int Triggers { get; init; }

    /// <summary>How many bindings were made here.</summary>
    public required int Bindings { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required int Version { get; init; }
}

/// <summary>A binding that was made here. A broker cannot be asked for its bindings over AMQP, so others are not listed.</summary>
/// <param name="CreatedQueue">How the queue was made, when it was made here as well.</param>
public sealed record AmqpBindingView(
    Guid Id, Guid ExchangeId, string Queue, string RoutingKey, IReadOnlyDictionary<string, JsonElement> Arguments, AmqpQueueInput? CreatedQueue, DateTimeOffset CreatedAt);

/// <summary>A queue at the broker.</summary>
/// <param name="Messages">Ready to be taken; null when there is no such queue.</param>
/// <param name="Detail">Why it could not be looked at, when it is there but may not be used.</param>
public sealed record AmqpQueueView(string Name, bool Exists, long? Messages, long? Consumers, string? Detail);
