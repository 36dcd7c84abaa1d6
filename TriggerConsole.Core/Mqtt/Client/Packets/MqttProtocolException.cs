namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>The other side broke the rules: the connection ends with this reason (MQTT 5.0 section 4.13).</summary>
internal sealed class MqttProtocolException(MqttReasonCode reason, string sentence) : Exception(sentence)
{
    public MqttReasonCode Reason { get; } = reason;

    /// <summary>A packet that cannot be read.</summary>
    public static MqttProtocolException Malformed(string sentence) => new(MqttReasonCode.MalformedPacket, sentence);

    /// <summary>A packet that can be read but must not be.</summary>
    public static MqttProtocolException Error(string sentence) => new(MqttReasonCode.ProtocolError, sentence);
}
