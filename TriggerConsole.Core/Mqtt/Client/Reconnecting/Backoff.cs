namespace TriggerConsole.Core.Mqtt.Client.Reconnecting;

/// <summary>What kind of failure it was decides how long to wait.</summary>
internal enum BackoffClass
{
    /// <summary>The network, or a broker that restarts: soon, then less and less often.</summary>
    Network,

    /// <summary>The broker was there, took the connection and soon ended it without a reason: maybe another client with our id.</summary>
    Flapping,

    /// <summary>The broker asks for patience.</summary>
    Busy,

    /// <summary>Only people can put it right. Not for ever: they may do so at the broker.</summary>
    Refused,
}

/// <summary>How long to wait before the next try. Each class counts for itself; one that works for long enough sets all back.</summary>
internal sealed class Backoff(MqttReconnect settings)
{
    private readonly int[] _counts = new int[4];

    /// <param name="lived">How long the connection lived; null: none came about.</param>
    /// <param name="random">0 to 1, for the jitter.</param>
    public TimeSpan Next(MqttConnectFailure failure, TimeSpan? lived, double random)
    {
        if (lived >= settings.StableAfter) Array.Clear(_counts);
        var kind = Classify(failure, lived, settings.StableAfter);
        // A broker that is really away is not one that throws us out
        if (lived is null && kind == BackoffClass.Network) _counts[(int)BackoffClass.Flapping] = 0;
        // The first short life may be an accident
        if (kind == BackoffClass.Flapping && _counts[(int)kind]++ == 0) kind = BackoffClass.Network;
        var count = kind == BackoffClass.Flapping ? _counts[(int)kind] - 2 : _counts[(int)kind]++;
        var (first, most) = kind switch
        {
            BackoffClass.Network => (settings.First, settings.Most),
            BackoffClass.Flapping => (settings.BusyFirst, settings.Most),
            BackoffClass.Busy => (settings.BusyFirst, settings.BusyMost),
            _ => (settings.RefusedFirst, settings.RefusedMost),
        };
        var seconds = Math.Min(first.TotalSeconds * Math.Pow(2, Math.Min(count, 30)), Math.Max(first.TotalSeconds, most.TotalSeconds));
        return TimeSpan.FromSeconds(seconds * (1 + settings.Jitter * ((2 * random) - 1)));
    }

    internal static BackoffClass Classify(MqttConnectFailure failure, TimeSpan? lived, TimeSpan stableAfter) => failure.Fault switch
    {
        MqttConnectFault.RefusedByBroker => Classify(failure.Reason ?? MqttReasonCode.UnspecifiedError),
        MqttConnectFault.Blocked or MqttConnectFault.Tls or MqttConnectFault.WebSocket or MqttConnectFault.NotMqtt => BackoffClass.Refused,
        MqttConnectFault.Protocol => BackoffClass.Busy,
        MqttConnectFault.ConnectionLost when lived < stableAfter => BackoffClass.Flapping,
        _ => BackoffClass.Network,
    };

    private static BackoffClass Classify(MqttReasonCode reason) => reason switch
    {
        MqttReasonCode.Success or MqttReasonCode.ServerShuttingDown or MqttReasonCode.KeepAliveTimeout or MqttReasonCode.MaximumConnectTime => BackoffClass.Network,
        MqttReasonCode.ServerUnavailable or MqttReasonCode.ServerBusy or MqttReasonCode.QuotaExceeded or MqttReasonCode.MessageRateTooHigh
            or MqttReasonCode.ConnectionRateExceeded or MqttReasonCode.ReceiveMaximumExceeded or MqttReasonCode.UnspecifiedError
            or MqttReasonCode.ImplementationSpecificError or MqttReasonCode.AdministrativeAction => BackoffClass.Busy,
        _ => BackoffClass.Refused,
    };
}
