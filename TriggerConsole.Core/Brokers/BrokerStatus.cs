namespace TriggerConsole.Core.Brokers;

/// <summary>What the kept connection to a broker is doing.</summary>
public enum BrokerState
{
    /// <summary>The broker is switched off here; nothing connects.</summary>
    Disabled,

    Connecting,
    Connected,

    /// <summary>The last try failed; the next one comes at <see cref="BrokerStatus.NextTryAt"/>.</summary>
    Waiting,

    /// <summary>Connected, but the broker takes no messages for now: <see cref="BrokerStatus.BlockedReason"/>.</summary>
    Blocked,

    /// <summary>Being closed: settings changed, or the server stops.</summary>
    Stopped,
}

/// <summary>Why a connection did not come about or ended.</summary>
/// <param name="Code">One word of the protocol's closed list: <c>dns</c>, <c>tls</c>, <c>refused_by_broker</c>, …</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="Reason">The broker's own code and its meaning, when it gave one: <c>0x87 not authorised</c>.</param>
public sealed record BrokerFailure(string Code, string Detail, string? Reason = null);

/// <summary>The kept connection to one broker at one moment.</summary>
public sealed record BrokerStatus
{
    public static BrokerStatus Disabled { get; } = new() { State = BrokerState.Disabled };

    public required BrokerState State { get; init; }

    public DateTimeOffset? ConnectedSince { get; init; }

    /// <summary>Version of the protocol in use: <c>5.0</c>, <c>0-9-1</c>; null while not connected.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>Product and version of the broker, when it says them: <c>RabbitMQ 3.10.8</c>.</summary>
    public string? Server { get; init; }

    /// <summary>How long the broker took to answer, measured last, in milliseconds.</summary>
    public double? RoundTripMs { get; init; }

    /// <summary>Messages sent and not yet acknowledged.</summary>
    public int InFlight { get; init; }

    /// <summary>Messages that the broker has taken on this connection and those before it with the same settings.</summary>
    public long Published { get; init; }

    /// <summary>The client id that the broker chose; null when it was given one.</summary>
    public string? AssignedClientId { get; init; }

    /// <summary>Why the last try failed or the last connection ended; stays after a reconnect.</summary>
    public BrokerFailure? LastFailure { get; init; }

    /// <summary>Why the broker takes no messages for now, in its own words: <c>low on memory</c>; null when it does.</summary>
    public string? BlockedReason { get; init; }

    /// <summary>When it tries again, while it waits.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>What the connection of each node does; empty when there is one node.</summary>
    public IReadOnlyList<NodeBrokerStatus> Nodes { get; init; } = [];
}

/// <summary>The connection of one node to a broker.</summary>
/// <param name="Problem">Why it is away, in a sentence.</param>
public sealed record NodeBrokerStatus(Guid NodeId, string Node, BrokerState State, DateTimeOffset? ConnectedSince, string? Problem);
