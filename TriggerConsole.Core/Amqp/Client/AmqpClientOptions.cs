using System.Net.Sockets;

namespace TriggerConsole.Core.Amqp.Client;

/// <summary>What a client is to do. Immutable.</summary>
internal sealed record AmqpClientOptions
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public string VirtualHost { get; init; } = "/";

    public required string Username { get; init; }

    public required string Password { get; init; }

    public ushort HeartbeatSeconds { get; init; } = 30;

    public string ConnectionName { get; init; } = "TriggerConsole";

    /// <summary>Channels for publishing; exchanges share them when there are more.</summary>
    public int MaximumChannels { get; init; } = 16;

    /// <summary>Publishes without a confirm at the same time, on all channels together.</summary>
    public int MaximumInFlight { get; init; } = 1024;

    /// <summary>For one try: TCP, TLS and the whole sign-in, up to a channel that works.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public AmqpReconnect Reconnect { get; init; } = new();

    /// <summary>
    /// The host program's way out (egress policy, TLS): a connected, and where asked for encrypted, stream. Throws
    /// <see cref="AmqpDialException"/> for what goes wrong.
    /// </summary>
    public required Func<CancellationToken, ValueTask<AmqpTransport>> Dial { get; init; }
}

/// <param name="Stream">What AMQP is spoken over. Owns the socket.</param>
/// <param name="Socket">Below it.</param>
internal sealed record AmqpTransport(Stream Stream, Socket Socket);

internal enum AmqpConnectFault
{
    Dns,
    Unreachable,
    Refused,
    Timeout,
    Blocked,
    Tls,
    NotAmqp,

    /// <summary>What the other side sent breaks the rules of AMQP, or is built to hurt.</summary>
    Protocol,

    LoginRefused,
    VirtualHostMissing,
    VirtualHostRefused,

    /// <summary>The broker closed the connection for another reason: a limit, its shutdown.</summary>
    RefusedByBroker,

    ConnectionLost,
}

/// <param name="Sentence">What happened, for people.</param>
/// <param name="Reason">The broker's own code and words: <c>530 NOT_ALLOWED - vhost x not found</c>; null when it gave none.</param>
internal sealed record AmqpConnectFailure(AmqpConnectFault Fault, string Sentence, string? Reason = null)
{
    /// <summary>The number in <see cref="Reason"/>; 0 when the broker gave none.</summary>
    public ushort ReplyCode { get; init; }
}

/// <summary>Thrown by <see cref="AmqpClientOptions.Dial"/>.</summary>
internal sealed class AmqpDialException(AmqpConnectFault fault, string sentence) : Exception(sentence)
{
    public AmqpConnectFault Fault { get; } = fault;
}

internal enum AmqpState
{
    Stopped,
    Connecting,
    Connected,

    /// <summary>Connected, but the broker takes no messages now: <see cref="AmqpStatus.BlockedReason"/>.</summary>
    Blocked,

    /// <summary>For the next try.</summary>
    Waiting,
}

/// <param name="Server">Product and version as the broker says them: <c>RabbitMQ 3.10.8</c>.</param>
/// <param name="RoundTrip">Of the last confirm.</param>
/// <param name="Published">Messages confirmed since the client was made.</param>
internal sealed record AmqpStatus(
    AmqpState State, DateTimeOffset? ConnectedSince, string? Server, TimeSpan? RoundTrip, int InFlight, int Channels, long Published, string? BlockedReason,
    AmqpConnectFailure? LastFailure, DateTimeOffset? NextTry);
