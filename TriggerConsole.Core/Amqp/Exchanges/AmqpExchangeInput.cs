using System.Text.Json;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>An exchange as people and programs describe it. What an update leaves out stays as it is.</summary>
public sealed record AmqpExchangeInput
{
    /// <summary>Cannot be changed afterwards.</summary>
    public Guid? BrokerId { get; init; }

    /// <summary>Cannot be changed afterwards.</summary>
    public string? Name { get; init; }

    public AmqpExchangeType? Type { get; init; }

    /// <summary>Default: yes.</summary>
    public bool? Durable { get; init; }

    public bool? AutoDelete { get; init; }

    public bool? Internal { get; init; }

    /// <summary>Empty: none.</summary>
    public string? AlternateExchange { get; init; }

    public Dictionary<string, JsonElement>? Arguments { get; init; }

    /// <summary>True (default): made at the broker, now and on each connect. False: only looked for.</summary>
    public bool? Declare { get; init; }

    /// <summary>The version that was edited; an update is refused when someone else has changed it since. Left out: not checked.</summary>
    public int? Version { get; init; }
}

/// <summary>A binding to make.</summary>
public sealed record AmqpBindingInput
{
    public string? Queue { get; init; }

    /// <summary>For direct and topic exchanges; a topic's pattern may hold <c>*</c> and <c>#</c>. Default: empty.</summary>
    public string? RoutingKey { get; init; }

    /// <summary>For headers exchanges: the headers to match, and <c>x-match</c>: <c>all</c> or <c>any</c>.</summary>
    public Dictionary<string, JsonElement>? Arguments { get; init; }

    /// <summary>Makes the queue as well. Left out: it must be there.</summary>
    public AmqpQueueInput? CreateQueue { get; init; }
}

/// <summary>A queue to make.</summary>
public sealed record AmqpQueueInput
{
    /// <summary>Outlasts a restart of the broker. Default: yes.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>The broker deletes it when its last consumer goes.</summary>
    public bool AutoDelete { get; init; }

    /// <summary>Such as <c>x-queue-type</c>, <c>x-max-length</c>, <c>x-max-priority</c>, <c>x-message-ttl</c>.</summary>
    public Dictionary<string, JsonElement> Arguments { get; init; } = [];
}
