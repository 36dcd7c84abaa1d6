namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>A name and a value that the publisher adds; names may repeat. Carried by 5.0 only.</summary>
public readonly record struct MqttUserProperty(string Name, string Value);

/// <summary>
/// A message to publish. The properties from <see cref="ContentType"/> on exist in 5.0 only; a connection that speaks 3.1.1
/// leaves them out.
/// </summary>
public sealed record MqttMessage
{
    public required string Topic { get; init; }

    /// <summary>Not copied: must not change before the publish has ended.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    public MqttQos Qos { get; init; }

    public bool Retain { get; init; }

    public string? ContentType { get; init; }

    /// <summary>How long the broker may keep it for subscribers that are away; null is for ever.</summary>
    public uint? MessageExpirySeconds { get; init; }

    public string? ResponseTopic { get; init; }

    /// <summary>At most 65,535 bytes.</summary>
    public byte[]? CorrelationData { get; init; }

    /// <summary>Tells receivers that the payload is UTF-8 text (payload format indicator 1).</summary>
    public bool PayloadIsText { get; init; }

    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];
}

/// <summary>A message as it came from the broker.</summary>
public sealed record MqttReceivedMessage
{
    public required string Topic { get; init; }

    public required byte[] Payload { get; init; }

    public MqttQos Qos { get; init; }

    /// <summary>It was kept by the broker, and comes because of a new subscription.</summary>
    public bool Retain { get; init; }

    /// <summary>The broker may have sent it before. Says nothing about whether it was delivered before.</summary>
    public bool Duplicate { get; init; }

    public string? ContentType { get; init; }

    public uint? MessageExpirySeconds { get; init; }

    public string? ResponseTopic { get; init; }

    public byte[]? CorrelationData { get; init; }

    public bool PayloadIsText { get; init; }

    public IReadOnlyList<MqttUserProperty> UserProperties { get; init; } = [];

    /// <summary>Of the subscriptions that it matched, if these carry identifiers.</summary>
    public IReadOnlyList<uint> SubscriptionIds { get; init; } = [];
}

/// <summary>What the broker publishes in our name when the connection ends without a word.</summary>
public sealed record MqttWill
{
    public required MqttMessage Message { get; init; }

    /// <summary>How long the broker waits for a reconnect before it does so (5.0 only).</summary>
    public uint DelaySeconds { get; init; }
}
