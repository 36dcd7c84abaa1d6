namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>Whether messages that the broker keeps come with a new subscription (5.0 only).</summary>
public enum MqttRetainHandling : byte
{
    Send,
    SendIfNew,
    DoNotSend,
}

/// <summary>What to receive.</summary>
public sealed record MqttSubscription
{
    public required string Filter { get; init; }

    /// <summary>Highest QoS to receive at.</summary>
    public MqttQos Qos { get; init; }

    /// <summary>Not what this client published itself (5.0 only; not with <c>$share/</c>).</summary>
    public bool NoLocal { get; init; }

    /// <summary>Keep the retain flag as the publisher set it (5.0 only).</summary>
    public bool RetainAsPublished { get; init; }

    public MqttRetainHandling RetainHandling { get; init; }
}

public enum MqttSubscribeStatus
{
    /// <summary>Subscribed; see <see cref="MqttSubscribeResult.Granted"/>. Of an unsubscribe: no longer subscribed.</summary>
    Granted,
    Refused,
    NotConnected,
    ConnectionLost,

    /// <summary>The broker does not offer wildcards or shared subscriptions. Not sent.</summary>
    NotSupported,

    /// <summary>The broker did not answer within <see cref="MqttClientOptions.PacketDeadline"/>.</summary>
    NoAnswer,
    Stopped,
}

/// <summary>The answer to one filter of a subscribe or unsubscribe.</summary>
/// <param name="Reason">3.1.1 answers an unsubscribe without reasons: <see cref="MqttReasonCode.Success"/>.</param>
/// <param name="Granted">The QoS that the broker gives, maybe lower than asked for.</param>
public sealed record MqttSubscribeResult(string Filter, MqttSubscribeStatus Status, MqttReasonCode Reason = MqttReasonCode.Success, MqttQos? Granted = null, string? ReasonText = null);
