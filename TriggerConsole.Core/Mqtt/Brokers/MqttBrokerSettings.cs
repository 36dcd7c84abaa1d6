using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>How a broker is reached, as its user described it. <c>{"url":"mqtt://broker.example"}</c> is enough.</summary>
public sealed record MqttBrokerSettings
{
    public const long NeverExpires = uint.MaxValue;

    /// <summary><c>mqtt://host[:1883]</c>, <c>mqtts://host[:8883]</c> (TLS), <c>ws://host[:80][/mqtt]</c> or <c>wss://host[:443][/mqtt]</c> (WebSocket).</summary>
    public string Url { get; init; } = "";

    /// <summary>Default: 5.0, and 3.1.1 with a broker that does not speak it.</summary>
    public MqttProtocolVersion ProtocolVersion { get; init; } = MqttProtocolVersion.Auto;

    public string? Username { get; init; }

    [SecretField]
    public string? Password { get; init; }

    /// <summary>Empty: the broker chooses one. Two connections with the same id throw each other out.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The first connection after a start makes the broker forget what it kept for this client id. Default: true.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the broker keeps the session of a broken connection, so that what was in flight goes on where it was. Default: 300.</summary>
    public long SessionExpirySeconds { get; init; } = 300;

    /// <summary>Longest silence before the connection is probed; 0 switches that off. Default: 60.</summary>
    public int KeepAliveSeconds { get; init; } = 60;

    /// <summary>Only with mqtts and wss.</summary>
    public BrokerTls? Tls { get; init; }

    /// <summary>What the broker publishes in our name when the connection breaks.</summary>
    public MqttBrokerMessage? LastWill { get; init; }

    /// <summary>Published after each connect.</summary>
    public MqttBrokerMessage? BirthMessage { get; init; }

    /// <summary>Published before an orderly disconnect.</summary>
    public MqttBrokerMessage? CloseMessage { get; init; }
}

/// <summary>A message that goes with the connection. No placeholders.</summary>
public sealed record MqttBrokerMessage
{
    public const int MaxPayloadBytes = 65_535;

    public string Topic { get; init; } = "";

    public string Payload { get; init; } = "";

    /// <summary>0, 1 or 2.</summary>
    public int Qos { get; init; }

    public bool Retain { get; init; }
}

[JsonConverter(typeof(MqttProtocolVersionConverter))]
public enum MqttProtocolVersion
{
    Auto,

    /// <summary><c>3.1.1</c></summary>
    V311,

    /// <summary><c>5.0</c></summary>
    V5,
}

/// <summary>Versions are written as people say them, and names of enum members cannot be: <c>3.1.1</c>, <c>5.0</c>.</summary>
internal sealed class MqttProtocolVersionConverter : JsonConverter<MqttProtocolVersion>
{
    public override MqttProtocolVersion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => (reader.TokenType == JsonTokenType.String ? reader.GetString() : null) switch
        {
            "auto" => MqttProtocolVersion.Auto,
            "3.1.1" => MqttProtocolVersion.V311,
            "5.0" or "5" => MqttProtocolVersion.V5,
            _ => throw new JsonSentenceException("Choose \"auto\", \"3.1.1\" or \"5.0\"."),
        };

    public override void Write(Utf8JsonWriter writer, MqttProtocolVersion value, JsonSerializerOptions options) => writer.WriteStringValue(value switch
    {
        MqttProtocolVersion.V311 => "3.1.1",
        MqttProtocolVersion.V5 => "5.0",
        _ => "auto",
    });
}
