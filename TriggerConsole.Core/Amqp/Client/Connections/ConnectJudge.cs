using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using TriggerConsole.Core.Amqp.Client.Transports;

namespace TriggerConsole.Core.Amqp.Client.Connections;

/// <summary>Why a connection did not come about, in words for people.</summary>
internal static class ConnectJudge
{
    // OpenSSL puts its library (20 is SSL) above 23 bits of reason: openssl/sslerr.h. 1000 and more are alerts.
    private const int OpenSslLibrary = 20;
    private const int FirstAlert = 1000;

    /// <param name="exception">What the library threw.</param>
    /// <param name="fault">Of the stream; null when that is not what ended it.</param>
    /// <param name="guard">Which saw how far the conversation came.</param>
    public static AmqpConnectFailure Failure(AmqpClientOptions options, Exception exception, Exception? fault, FrameGuard guard)
    {
        var host = Judge.HostOf(options);
        if (fault is AmqpViolationException violation) return Judge.Violation(options, violation);
        if (ClosureIn(exception) is { Initiator: ShutdownInitiator.Peer } closure) return Refused(options, closure, guard);
        if (Find<AuthenticationFailureException>(exception) is { } refused) return LoginRefused(options, new(ShutdownInitiator.Peer, ReplyCodes.AccessRefused, refused.Message));
        // The guard knows better; this is for the day when it lets something through
        if (Find<ProtocolVersionMismatchException>(exception) is not null || Find<PacketNotRecognizedException>(exception) is not null || Find<MalformedFrameException>(exception) is not null)
            return new(AmqpConnectFault.NotAmqp, $"{host} does not speak AMQP 0-9-1. Check the port.");
        if (fault is not null && IsAlert(fault)) return new(AmqpConnectFault.Tls, $"{host} ended the TLS connection before AMQP began. It may ask for a client certificate, or not accept the one it got.");
        if (fault is EndOfStreamException && !guard.IsStarted) return new(AmqpConnectFault.ConnectionLost, $"{host} closed the connection without an answer. Check the port: it may expect TLS (amqps), or not be an AMQP broker.");
        // Before RabbitMQ 3.2 there was no other way to say it
        if (fault is EndOfStreamException && !guard.IsTuned) return new(AmqpConnectFault.LoginRefused, $"{host} hung up while signing in, without a reason. Old brokers do so when user name or password are wrong: check both.");
        if (fault is not null) return Judge.Lost(options, fault);
        return Judge.Violation(options, "sent something that AMQP does not allow at that point");
    }

    /// <summary>Our own deadline.</summary>
    public static AmqpConnectFailure TooLate(AmqpClientOptions options, bool isDialled, FrameGuard guard)
    {
        var what = (isDialled, guard.IsStarted, guard.IsTuned) switch
        {
            (false, _, _) => "did not take the connection",
            (_, false, _) => "took the connection, but did not answer as an AMQP broker does",
            (_, _, false) => "did not answer the sign-in",
            _ => "did not open the virtual host and a channel",
        };
        var advice = isDialled && !guard.IsStarted ? " Check the port: it may expect TLS (amqps), or not be an AMQP broker." : "";
        return new(AmqpConnectFault.Timeout, $"{Judge.HostOf(options)} {what} within {options.ConnectTimeout.TotalSeconds:0.#} s.{advice}");
    }

    private static AmqpConnectFailure Refused(AmqpClientOptions options, ShutdownEventArgs closure, FrameGuard guard)
    {
        if (!guard.IsTuned && closure.ReplyCode == ReplyCodes.AccessRefused) return LoginRefused(options, closure);
        if (!guard.IsTuned || closure.ReplyCode != ReplyCodes.NotAllowed) return Judge.Closed(options, closure);
        // One code for both; what cannot be told apart is named by what both are
        return closure.ReplyText.Contains("not found", StringComparison.OrdinalIgnoreCase)
            ? Judge.Refused(AmqpConnectFault.VirtualHostMissing, closure, $"{Judge.HostOf(options)} has no virtual host \"{options.VirtualHost}\". Check the end of the address: the usual one is called / and is meant when the address ends after the port.")
            : Judge.Refused(AmqpConnectFault.VirtualHostRefused, closure, $"{Judge.HostOf(options)} does not let the user \"{options.Username}\" into the virtual host \"{options.VirtualHost}\". At the broker give it permissions there, or raise its limit of connections.");
    }

    private static AmqpConnectFailure LoginRefused(AmqpClientOptions options, ShutdownEventArgs closure)
    {
        var hint = options.Username == ConnectionFactory.DefaultUser ? " RabbitMQ lets the user guest in from its own machine only." : "";
        return Judge.Refused(AmqpConnectFault.LoginRefused, closure, $"{Judge.HostOf(options)} refused the login of the user \"{options.Username}\": check user name and password.{hint}");
    }

    private static ShutdownEventArgs? ClosureIn(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is OperationInterruptedException { ShutdownReason: { } reason }) return reason;
        }
        return null;
    }

    private static T? Find<T>(Exception exception) where T : Exception
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is T found) return found;
        }
        return null;
    }

    private static bool IsAlert(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e.HResult >> 23 == OpenSslLibrary && (e.HResult & 0x7F_FFFF) >= FirstAlert) return true;
        }
        return false;
    }
}
