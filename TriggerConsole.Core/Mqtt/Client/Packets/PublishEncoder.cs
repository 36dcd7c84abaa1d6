namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>How a PUBLISH will look: measured once, then written.</summary>
/// <param name="Alias">Topic alias to set or use; 0 is none.</param>
/// <param name="WithTopic">False: the alias stands for it.</param>
internal readonly record struct PublishShape(MqttVersion Version, ushort Alias, bool WithTopic)
{
    /// <summary>Everything behind the fixed header; may be more than a packet can hold.</summary>
    public long Content { get; private init; }

    public int Properties { get; private init; }

    /// <summary>The packet without its payload.</summary>
    public int HeadSize(MqttMessage message) => (int)(Measure.Packet(Content) - message.Payload.Length);

    public static PublishShape Of(MqttMessage message, MqttVersion version, ushort alias = 0, bool withTopic = true)
    {
        var properties = version == MqttVersion.V5 ? (MessageProperties.IsAny(message) ? MessageProperties.Size(message) : 0) + (alias > 0 ? 3 : 0) : 0;
        if (properties > VariableByteInteger.Most) return new(version, alias, withTopic) { Content = long.MaxValue };
        var content = (withTopic ? Measure.Text(message.Topic) : 2)
            + (message.Qos == MqttQos.AtMostOnce ? 0 : 2)
            + (version == MqttVersion.V5 ? VariableByteInteger.Size((int)properties) + properties : 0)
            + message.Payload.Length;
        return new(version, alias, withTopic) { Content = content, Properties = (int)properties };
    }
}

/// <summary>PUBLISH (section 3.3).</summary>
internal static class PublishEncoder
{
    /// <summary>Everything but the payload; returns its length.</summary>
    public static int WriteHead(Span<byte> target, MqttMessage message, in PublishShape shape, ushort packetId, bool duplicate)
    {
        var writer = new PacketWriter(target);
        var first = FirstByte.Publish | ((int)message.Qos << 1) | (message.Retain ? FirstByte.RetainFlag : 0) | (duplicate ? FirstByte.DuplicateFlag : 0);
        writer.WriteHeader((byte)first, (int)shape.Content);
        writer.WriteText(shape.WithTopic ? message.Topic : "");
        if (message.Qos != MqttQos.AtMostOnce) writer.WriteUInt16(packetId);
        if (shape.Version == MqttVersion.V5)
        {
            writer.WriteVariable(shape.Properties);
            if (shape.Alias > 0) writer.WriteProperty(PropertyId.TopicAlias, shape.Alias);
            if (shape.Properties > 3 || shape.Alias == 0) MessageProperties.Write(ref writer, message);
        }
        return writer.Written;
    }
}
