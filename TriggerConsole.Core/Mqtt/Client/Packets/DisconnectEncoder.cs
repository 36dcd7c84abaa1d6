namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>DISCONNECT (section 3.14).</summary>
internal static class DisconnectEncoder
{
    /// <param name="words">Left out when the packet would be larger than the broker takes [MQTT-3.14.2-3].</param>
    /// <param name="sessionExpirySeconds">Null: as it was agreed on connecting.</param>
    public static byte[] Encode(MqttVersion version, MqttReasonCode reason, string? words, uint? sessionExpirySeconds, long maximumPacketSize)
    {
        if (version == MqttVersion.V311) return [FirstByte.Disconnect, 0];
        if (!ReasonTable.MayDisconnectWith(reason)) throw new MqttArgumentException("reason", $"A client cannot disconnect with {reason.Describe()}.");
        var properties = Measure.Property(words) + (sessionExpirySeconds is null ? 0 : 5);
        var content = 1 + VariableByteInteger.Size(properties) + properties;
        if (properties == 0) return reason == MqttReasonCode.Success ? [FirstByte.Disconnect, 0] : [FirstByte.Disconnect, 1, (byte)reason];
        if (Measure.Packet(content) > maximumPacketSize)
        {
            return Encode(version, reason, null, words is null ? null : sessionExpirySeconds, maximumPacketSize);
        }
        var packet = new byte[Measure.Packet(content)];
        var writer = new PacketWriter(packet);
        writer.WriteHeader(FirstByte.Disconnect, content);
        writer.WriteByte((byte)reason);
        writer.WriteVariable(properties);
        if (sessionExpirySeconds is { } expiry) writer.WriteProperty(PropertyId.SessionExpiry, expiry);
        if (words is not null) writer.WriteProperty(PropertyId.ReasonString, words);
        return packet;
    }
}
