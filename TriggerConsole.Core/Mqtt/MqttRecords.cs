using System.Text.Json;
using System.Text.Json.Serialization;

namespace TriggerConsole.Core.Mqtt;

/// <summary>The message as it was sent, secrets masked: what is kept with an attempt, and what a preview shows.</summary>
public sealed record RecordedMqttRequest
{
    public Guid BrokerId { get; init; }

    /// <summary>The broker's name at that time; null when there was none.</summary>
    public string? Broker { get; init; }

    public string? Url { get; init; }

    /// <summary><c>5.0</c> or <c>3.1.1</c>; <c>auto</c> when it did not come to a connection.</summary>
    public string ProtocolVersion { get; init; } = "";

    public string Topic { get; init; } = "";

    public int Qos { get; init; }

    public bool Retain { get; init; }

    /// <summary>Those that were sent: none with MQTT 3.1.1.</summary>
    public RecordedMqttProperties Properties { get; init; } = new();

    /// <summary>What is to be known besides: that MQTT 3.1.1 has no properties, and which were left out therefore.</summary>
    public string? Note { get; init; }

    /// <summary>The first 16 KB. Text, or base64 as <see cref="BodyEncoding"/> says.</summary>
    public string? Body { get; init; }

    /// <summary><c>text</c> or <c>base64</c>.</summary>
    public string BodyEncoding { get; init; } = "text";

    /// <summary>All bytes of the payload, kept or not.</summary>
    public long BodySize { get; init; }

    public bool BodyTruncated { get; init; }

    public static RecordedMqttRequest? Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, MqttRecordJson.Default.RecordedMqttRequest);
}

/// <summary>Properties of a message (MQTT 5.0).</summary>
public sealed record RecordedMqttProperties
{
    public string? ContentType { get; init; }

    public uint? MessageExpirySeconds { get; init; }

    public string? ResponseTopic { get; init; }

    public string? CorrelationData { get; init; }

    /// <summary>1 when the payload is said to be text.</summary>
    public int? PayloadFormatIndicator { get; init; }

    public IReadOnlyList<RecordedMqttProperty> UserProperties { get; init; } = [];

    /// <summary>There were more, or longer ones, than are kept.</summary>
    public bool UserPropertiesTruncated { get; init; }
}

/// <summary>A user property.</summary>
public sealed record RecordedMqttProperty(string Name, string Value);

/// <summary>What the broker answered.</summary>
public sealed record RecordedMqttResponse
{
    /// <summary>The broker's reason code as a number, 0 to 255; null when no acknowledgement came (and at QoS 0 none does).</summary>
    public int? ReasonCode { get; init; }

    /// <summary>Number and meaning: <c>0x10 accepted, but no one subscribes to this topic</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The broker's own words.</summary>
    public string? ReasonText { get; init; }

    /// <summary>Which packet ended it: <c>PUBACK</c> or <c>PUBCOMP</c>; null when none came.</summary>
    public string? Packet { get; init; }

    public RecordedMqttTimings Timings { get; init; } = new();

    public static RecordedMqttResponse? Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, MqttRecordJson.Default.RecordedMqttResponse);
}

/// <summary>Times in milliseconds.</summary>
public sealed record RecordedMqttTimings
{
    /// <summary>From handing the message to the connection to the broker's acknowledgement.</summary>
    public double TotalMs { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RecordedMqttRequest))]
[JsonSerializable(typeof(RecordedMqttResponse))]
internal sealed partial class MqttRecordJson : JsonSerializerContext;
