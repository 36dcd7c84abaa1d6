namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP (sections 3.4 to 3.7): all of one shape.</summary>
internal readonly record struct AckPacket(ushort PacketId, MqttReasonCode Reason, string? ReasonText)
{
    public static AckPacket Read(PacketType type, ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new PacketReader(body);
        var id = reader.ReadPacketId();
        if (version == MqttVersion.V311 || reader.Remaining == 0)
        {
            reader.ExpectEnd();
            return new(id, MqttReasonCode.Success, null);
        }
        var reason = ReasonTable.Check(type, reader.ReadByte());
        if (reader.Remaining == 0) return new(id, reason, null);
        var text = reader.ReadProperties(type).ReadReason();
        reader.ExpectEnd();
        return new(id, reason, text);
    }
}
