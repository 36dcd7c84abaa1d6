using System.Net.Sockets;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using TriggerConsole.Core.Amqp.Client.Transports;

namespace TriggerConsole.Core.Amqp.Client.Connections;

/// <summary>
/// What ended a connection, in words for people: what happened, why, what to do. By type and reply code; the broker's text is passed
/// on, not read. See <see cref="ConnectJudge"/> for those that never came about.
/// </summary>
internal static class Judge
{
    public static string HostOf(AmqpClientOptions options) => $"{options.Host}:{options.Port}";

    public static AmqpConnectFailure Violation(AmqpClientOptions options, string what) => new(AmqpConnectFault.Protocol, $"{HostOf(options)} {what}. The connection was ended.");

    /// <summary>The broker closed a connection that worked.</summary>
    public static AmqpConnectFailure Closed(AmqpClientOptions options, ShutdownEventArgs closure)
        => Refused(AmqpConnectFault.RefusedByBroker, closure, closure.ReplyCode switch
        {
            ReplyCodes.ConnectionForced => $"{HostOf(options)} closed the connection: it shuts down, or an administrator closed it.",
            ReplyCodes.ResourceError or ReplyCodes.InternalError => $"{HostOf(options)} closed the connection: it has a fault of its own or lacks something.",
            ReplyCodes.AccessRefused or ReplyCodes.NotAllowed => $"{HostOf(options)} closed the connection: it does not allow what was asked of it.",
            _ => $"{HostOf(options)} closed the connection.",
        });

    /// <summary>Nobody said a word.</summary>
    /// <param name="fault">Of the stream, or of the library; null when there is none.</param>
    public static AmqpConnectFailure Lost(AmqpClientOptions options, Exception? fault) => fault switch
    {
        AmqpViolationException violation => Violation(options, violation),
        EndOfStreamException => new(AmqpConnectFault.ConnectionLost, $"{HostOf(options)} closed the connection without a word."),
        null => new(AmqpConnectFault.ConnectionLost, $"The connection to {HostOf(options)} ended."),
        _ when SocketErrorOf(fault) is { } error => new(AmqpConnectFault.ConnectionLost, error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown
            ? $"{HostOf(options)} broke off the connection."
            : $"The connection to {HostOf(options)} broke ({error})."),
        IOException => new(AmqpConnectFault.ConnectionLost, $"The connection to {HostOf(options)} broke."),
        _ => Violation(options, "sent something that AMQP does not allow at that point"),
    };

    public static AmqpConnectFailure Violation(AmqpClientOptions options, AmqpViolationException violation)
        => violation.Fault == AmqpConnectFault.Protocol ? Violation(options, violation.What) : new(violation.Fault, $"{HostOf(options)} {violation.What}.");

    public static AmqpConnectFailure Silent(AmqpClientOptions options, TimeSpan silence)
        => new(AmqpConnectFault.ConnectionLost, $"{HostOf(options)} no longer answers: not even a heartbeat came for {silence.TotalSeconds:0.#} s.");

    /// <summary>The connection lives, but gives no channel.</summary>
    public static AmqpConnectFailure NoChannel(AmqpClientOptions options, Exception exception)
    {
        var sentence = $"{HostOf(options)} opens no channel.";
        return exception is OperationInterruptedException { ShutdownReason: { } closure } ? Refused(AmqpConnectFault.RefusedByBroker, closure, sentence) : new(AmqpConnectFault.RefusedByBroker, sentence);
    }

    /// <summary>With what the broker said.</summary>
    public static AmqpConnectFailure Refused(AmqpConnectFault fault, ShutdownEventArgs closure, string sentence)
        => new(fault, string.IsNullOrEmpty(closure.ReplyText) ? sentence : $"{sentence} It says: \"{Words.Safe(closure.ReplyText)}\".", $"{closure.ReplyCode} {Words.Safe(closure.ReplyText)}".Trim()) { ReplyCode = closure.ReplyCode };

    private static SocketError? SocketErrorOf(Exception exception) => (exception as SocketException ?? exception.InnerException as SocketException)?.SocketErrorCode;
}

/// <summary>AMQP 0-9-1, section 1.5 of the reference.</summary>
internal static class ReplyCodes
{
    public const ushort ConnectionForced = 320;
    public const ushort AccessRefused = 403;
    public const ushort ResourceError = 506;
    public const ushort NotAllowed = 530;
    public const ushort InternalError = 541;
}
