namespace TriggerConsole.Core.Mqtt.Client;

public enum MqttPublishStatus
{
    /// <summary>QoS 1: PUBACK came; QoS 2: PUBCOMP came; QoS 0: written to the network.</summary>
    Acknowledged,

    /// <summary>The broker refused this message; <see cref="MqttPublishResult.Reason"/> says why.</summary>
    Refused,

    /// <summary>There is no connection. Nothing was sent.</summary>
    NotConnected,

    /// <summary>Sent, but the connection and the session ended before the acknowledgement: the outcome is not known.</summary>
    ConnectionLost,

    /// <summary>Larger than the broker, or MQTT, takes. Nothing was sent.</summary>
    TooLarge,

    /// <summary>The broker does not offer this QoS, or no retained messages. Nothing was sent.</summary>
    NotSupported,

    /// <summary>The client was stopped. If the message had been sent, the outcome is not known.</summary>
    Stopped,
}

/// <summary>How one publish ended.</summary>
public readonly record struct MqttPublishResult
{
    public required MqttPublishStatus Status { get; init; }

    /// <summary>
    /// The broker's reason code; <see cref="MqttReasonCode.NoMatchingSubscribers"/> goes with <see cref="MqttPublishStatus.Acknowledged"/>.
    /// 3.1.1 has none: <see cref="MqttReasonCode.Success"/>.
    /// </summary>
    public MqttReasonCode Reason { get; init; }

    /// <summary>The broker's own words, as they came: escape them before showing them.</summary>
    public string? ReasonText { get; init; }

    /// <summary>Of the connection that carried it; null when none did.</summary>
    public MqttVersion? Version { get; init; }

    /// <summary>From the call to its end.</summary>
    public TimeSpan Elapsed { get; init; }
}
