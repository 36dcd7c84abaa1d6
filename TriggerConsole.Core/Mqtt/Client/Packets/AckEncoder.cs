namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>PUBACK, PUBREC, PUBREL, PUBCOMP (sections 3.4 to 3.7), and PINGREQ: the small ones.</summary>
internal static class AckEncoder
{
    public const int MostBytes = 5;

    /// <summary>Success has no reason byte; 3.1.1 has none at all.</summary>
    public static int Write(Span<byte> target, byte first, ushort packetId, MqttReasonCode reason, MqttVersion version)
    {
        var withReason = version == MqttVersion.V5 && reason != MqttReasonCode.Success;
        var writer = new PacketWriter(target);
        writer.WriteHeader(first, withReason ? 3 : 2);
        writer.WriteUInt16(packetId);
        if (withReason) writer.WriteByte((byte)reason);
        return writer.Written;
    }
}
