using RabbitMQ.Client;

namespace TriggerConsole.Core.Amqp.Client;

/// <summary>One message to publish. Nothing of it is changed once it is handed over.</summary>
internal sealed record AmqpMessage
{
    /// <summary>The header by which a returned message is matched to its publish: every message carries it, and no two in flight have the same value but for retries.</summary>
    public const string KeyHeader = "idempotency-key";

    /// <summary>Empty: the default exchange, which routes to the queue named by the routing key.</summary>
    public required string Exchange { get; init; }

    /// <summary>At most 255 bytes of UTF-8.</summary>
    public required string RoutingKey { get; init; }

    public bool Mandatory { get; init; }

    /// <summary>With <see cref="KeyHeader"/> among its headers.</summary>
    public required BasicProperties Properties { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The value of <see cref="KeyHeader"/>.</summary>
    public required string Key { get; init; }
}

/// <summary>A message that cannot be sent as it is: larger headers than a frame holds, a name of more than 255 bytes.</summary>
/// <param name="sentence">For people.</param>
internal sealed class AmqpMessageException(string sentence) : ArgumentException(sentence)
{
    /// <summary>The library threw at it.</summary>
    public static AmqpMessageException Unwritable(Exception exception)
        => new($"The message cannot be written as AMQP: {exception.Message.TrimEnd('.')}. Names take 255 bytes, headers text, numbers, yes or no, times and bytes.");
}

/// <summary>What became of a publish.</summary>
internal enum AmqpPublishStatus
{
    /// <summary>basic.ack: the broker has taken it; with <c>mandatory</c> it is in a queue at least.</summary>
    Confirmed,

    /// <summary>basic.return, then basic.ack: it could be routed to no queue, and is nowhere.</summary>
    Returned,

    /// <summary>basic.nack: the broker refused it (a full queue with reject-publish, a fault of a queue).</summary>
    Refused,

    /// <summary>The broker closed the channel because of this very message: exchange missing, no permission, … Code and text say why.</summary>
    ChannelClosed,

    /// <summary>The broker closed the whole connection before the confirm came. Code and text say why.</summary>
    ConnectionClosed,

    /// <summary>The connection broke before the confirm came; it may have arrived.</summary>
    ConnectionLost,

    /// <summary>There was no connection; nothing was sent.</summary>
    NotConnected,

    /// <summary>The broker has blocked the connection (memory or disk alarm); nothing was sent.</summary>
    Blocked,

    /// <summary>The client was stopped before the confirm came.</summary>
    Stopped,
}

/// <param name="ReplyCode">Of a return or closure (AMQP 0-9-1, section 1.5: 312, 403, 404, …); 0 when there was none.</param>
/// <param name="ReplyText">The broker's words; null when there were none.</param>
/// <param name="Elapsed">From handing over to the result.</param>
internal readonly record struct AmqpPublishResult(AmqpPublishStatus Status, ushort ReplyCode, string? ReplyText, TimeSpan Elapsed);

internal enum AmqpOperationStatus
{
    Done,

    /// <summary>The broker closed the channel: 403, 404, 405, 406.</summary>
    Refused,

    NotConnected,
    ConnectionLost,

    /// <summary>No answer within <see cref="AmqpClientOptions.OperationTimeout"/>.</summary>
    TimedOut,
}

/// <param name="ReplyCode">0 when the broker gave none.</param>
internal readonly record struct AmqpOperationResult(AmqpOperationStatus Status, ushort ReplyCode, string? ReplyText);
