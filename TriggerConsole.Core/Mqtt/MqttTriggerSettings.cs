using System.Text.Json.Serialization;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt;

/// <summary>A message to an MQTT broker, as its user described it. <c>{"brokerId":"…","topic":"orders/new"}</c> is enough.</summary>
public sealed record MqttTriggerSettings : TriggerSettings
{
    public const int MaxTopicLength = 4096;
    public const int LongestTimeoutSeconds = 300;

    /// <summary>Which broker.</summary>
    public Guid BrokerId { get; init; }

    /// <summary>Where to; may hold placeholders. What comes out must be one topic, without wildcards.</summary>
    public string Topic { get; init; } = "";

    /// <summary>0: sent once, never acknowledged. 1 (default): acknowledged, may arrive twice. 2: arrives once.</summary>
    public int Qos { get; init; } = 1;

    /// <summary>The broker keeps it for those who subscribe later. Default: no.</summary>
    public bool Retain { get; init; }

    /// <summary>Null: the event as it came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MessageBody? Body { get; init; }

    /// <summary>Sent with MQTT 5.0; with 3.1.1 they are left out.</summary>
    public MqttProperties Properties { get; init; } = new();

    /// <summary>Limit from sending to the broker's acknowledgement: 1 to 300 seconds. Default: 30.</summary>
    public double TimeoutSeconds { get; init; } = 30;
}

/// <summary>Properties of a message (MQTT 5.0, section 3.3.2.3). Texts may hold placeholders; those that come out empty are left out.</summary>
public sealed record MqttProperties
{
    public const int MaxUserProperties = 100;
    public const int MaxValueLength = 4096;

    /// <summary>Null: the usual one of the body's format, or the event's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentType { get; init; }

    /// <summary>How long the broker may keep it for subscribers that are away, in seconds; null for ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MessageExpirySeconds { get; init; }

    /// <summary>The topic where an answer is expected.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ResponseTopic { get; init; }

    /// <summary>Goes into the answer, so that the asker knows what it belongs to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CorrelationData { get; init; }

    /// <summary>1: the payload is said to be UTF-8 text; 0: nothing is said. Null: 1 when it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PayloadFormatIndicator { get; init; }

    /// <summary>Sent in this order, and <c>idempotency-key</c> behind them: the id of the execution, the same in every attempt.</summary>
    public IReadOnlyList<MqttField> UserProperties { get; init; } = [];
}

/// <summary>A user property.</summary>
public sealed record MqttField
{
    public string Name { get; init; } = "";

    public string Value { get; init; } = "";
}
