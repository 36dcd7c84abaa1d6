namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>SUBSCRIBE and UNSUBSCRIBE (sections 3.8 and 3.10).</summary>
internal static class SubscribeEncoder
{
    public static byte[] Subscribe(IReadOnlyList<MqttSubscription> subscriptions, ushort packetId, MqttVersion version)
    {
        var content = HeadSize(version) + subscriptions.Sum(s => Measure.Text(s.Filter) + 1L);
        var packet = Begin(FirstByte.Subscribe, content, packetId, version, out var writer);
        foreach (var subscription in subscriptions)
        {
            writer.WriteText(subscription.Filter);
            writer.WriteByte(Options(subscription, version));
        }
        return packet;
    }

    public static byte[] Unsubscribe(IReadOnlyList<string> filters, ushort packetId, MqttVersion version)
    {
        var content = HeadSize(version) + filters.Sum(f => (long)Measure.Text(f));
        var packet = Begin(FirstByte.Unsubscribe, content, packetId, version, out var writer);
        foreach (var filter in filters) writer.WriteText(filter);
        return packet;
    }

    private static int HeadSize(MqttVersion version) => version == MqttVersion.V5 ? 3 : 2;

    private static byte[] Begin(byte first, long content, ushort packetId, MqttVersion version, out PacketWriter writer)
    {
        var packet = new byte[Measure.Packet(content)];
        writer = new PacketWriter(packet);
        writer.WriteHeader(first, (int)content);
        writer.WriteUInt16(packetId);
        if (version == MqttVersion.V5) writer.WriteVariable(0);
        return packet;
    }

    private static byte Options(MqttSubscription subscription, MqttVersion version)
    {
        var options = (int)subscription.Qos;
        if (version == MqttVersion.V5)
        {
            options |= (subscription.NoLocal ? 0x04 : 0) | (subscription.RetainAsPublished ? 0x08 : 0) | ((int)subscription.RetainHandling << 4);
        }
        return (byte)options;
    }
}
