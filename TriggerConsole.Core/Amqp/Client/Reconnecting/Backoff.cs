using TriggerConsole.Core.Amqp.Client.Connections;

namespace TriggerConsole.Core.Amqp.Client.Reconnecting;

/// <summary>What kind of failure it was decides how long to wait.</summary>
internal enum BackoffClass
{
    /// <summary>The network, or a broker that restarts: soon, then less and less often.</summary>
    Network,

    /// <summary>The broker has a fault of its own, sends what it may not, or hangs up again and again.</summary>
    Busy,

    /// <summary>Only people can put it right. Not for ever: they may do so at the broker.</summary>
    Refused,
}

/// <summary>
/// How long to wait before the next try. Each class counts for itself; a connection that works for long enough sets all back. The MQTT
/// client has one much like it: that client depends on nothing else of Core, and its classes follow reason codes that AMQP has not.
/// </summary>
internal sealed class Backoff(AmqpReconnect settings)
{
    private readonly int[] _counts = new int[3];
    private int _shortLives;

    /// <param name="lived">How long the connection lived; null: none came about.</param>
    /// <param name="random">0 to 1, for the jitter.</param>
    public TimeSpan Next(AmqpConnectFailure failure, TimeSpan? lived, double random)
    {
        if (lived >= settings.StableAfter)
        {
            Array.Clear(_counts);
            _shortLives = 0;
        }
        var kind = Classify(failure);
        if (kind == BackoffClass.Network)
        {
            // Taken, and soon thrown out. The first time may be an accident; one that is really away is not one that throws us out.
            _shortLives = lived is null ? 0 : lived < settings.StableAfter ? _shortLives + 1 : 0;
            if (_shortLives > 1) kind = BackoffClass.Busy;
        }
        var count = _counts[(int)kind]++;
        var (first, most) = kind switch
        {
            BackoffClass.Network => (settings.First, settings.Most),
            // Below 30 s here too: a broker that restarts twice in a row looks the same
            BackoffClass.Busy when _shortLives > 1 => (settings.BusyFirst, settings.Most),
            BackoffClass.Busy => (settings.BusyFirst, settings.BusyMost),
            _ => (settings.RefusedFirst, settings.RefusedMost),
        };
        var seconds = Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(count, 30)), Math.Max(first.TotalSeconds, most.TotalSeconds));
        return TimeSpan.FromSeconds(seconds * (1 + settings.Jitter * ((2 * random) - 1)));
    }

    internal static BackoffClass Classify(AmqpConnectFailure failure) => failure.Fault switch
    {
        AmqpConnectFault.Blocked or AmqpConnectFault.Tls or AmqpConnectFault.NotAmqp or AmqpConnectFault.LoginRefused
            or AmqpConnectFault.VirtualHostMissing or AmqpConnectFault.VirtualHostRefused => BackoffClass.Refused,
        AmqpConnectFault.Protocol => BackoffClass.Busy,
        AmqpConnectFault.RefusedByBroker => failure.ReplyCode switch
        {
            ReplyCodes.ConnectionForced => BackoffClass.Network,
            ReplyCodes.AccessRefused or ReplyCodes.NotAllowed => BackoffClass.Refused,
            _ => BackoffClass.Busy,
        },
        _ => BackoffClass.Network,
    };
}
