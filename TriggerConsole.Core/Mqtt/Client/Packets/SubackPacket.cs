namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>SUBACK or UNSUBACK (sections 3.9 and 3.11).</summary>
internal sealed record SubackPacket(ushort PacketId, MqttReasonCode[] Reasons, string? ReasonText)
{
    public static SubackPacket Read(PacketType type, ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new PacketReader(body);
        var id = reader.ReadPacketId();
        var text = version == MqttVersion.V5 ? reader.ReadProperties(type).ReadReason() : null;
        var codes = reader.ReadRest();
        if (version == MqttVersion.V311 && type == PacketType.Unsuback)
        {
            if (codes.Length > 0) throw MqttProtocolException.Malformed("A packet is longer than its fields.");
            return new(id, [], null);
        }
        var reasons = new MqttReasonCode[codes.Length];
        for (var i = 0; i < reasons.Length; i++)
        {
            if (version == MqttVersion.V311 && codes[i] is > 2 and not 0x80)
            {
                throw MqttProtocolException.Error($"A Suback has the return code 0x{codes[i]:X2}, which the standard does not define.");
            }
            reasons[i] = ReasonTable.Check(type, codes[i]);
        }
        return new(id, reasons, text);
    }
}
