using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>When the broker sends the bytes of an <see cref="MqttRow"/>.</summary>
internal enum When
{
    InsteadOfConnack,
    Connected,
    PublishedQos1,
    PublishedQos2,

    /// <summary>PUBREC was sent, PUBREL has come.</summary>
    Released,

    /// <summary>Two filters.</summary>
    Subscribed,

    /// <summary>Two filters.</summary>
    Unsubscribed,
}

/// <summary>One row of a table test: these bytes at this moment, and what must come of them.</summary>
/// <param name="Id">Of the statement in <see cref="MqttStatements"/>.</param>
/// <param name="Bytes">As <see cref="FakeMqttBytes.Parse"/> takes them.</param>
/// <param name="Codes">The reason codes of which a 5.0 client's DISCONNECT carries one; empty when it has to stay connected.</param>
internal sealed record MqttRow(string Id, MqttVersion Version, When When, string Bytes, string Note, params byte[] Codes)
{
    public bool MustClose => Codes.Length > 0;

    public override string ToString() => $"{Id} {Version} {When} {(Bytes.Length > 60 ? Bytes[..60] + "…" : Bytes)} {Note}{(MustClose ? " closes" : " stays")}";

    /// <summary>A packet in hexadecimal, with its length.</summary>
    public static string Packet(string first, string body)
    {
        body = body.Replace(" ", "", StringComparison.Ordinal);
        return $"{first} {Convert.ToHexString(FakeMqttBytes.Length(FakeMqttBytes.Parse(body).Length))} {body}";
    }

    /// <summary>PUBLISH of QoS 0 with payload "x". All in hexadecimal; properties without their length.</summary>
    public static string Publish(MqttVersion version, string topic, string properties = "")
        => Packet("30", Prefixed(topic) + (version == MqttVersion.V5 ? Properties(properties) : "") + "78");

    public static string Connack(MqttVersion version, string properties = "", string flags = "00", string code = "00")
        => Packet("20", flags + code + (version == MqttVersion.V5 ? Properties(properties) : ""));

    public static string Properties(string properties)
        => Convert.ToHexString(FakeMqttBytes.Length(FakeMqttBytes.Parse(properties).Length)) + properties.Replace(" ", "", StringComparison.Ordinal);

    private static string Prefixed(string text) => Convert.ToHexString(FakeMqttBytes.Short((ushort)FakeMqttBytes.Parse(text).Length)) + text;
}
