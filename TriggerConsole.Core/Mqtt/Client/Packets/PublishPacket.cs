namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>A message from the broker (section 3.3), checked, its topic alias not yet looked up.</summary>
/// <param name="PacketId">0 at QoS 0.</param>
/// <param name="TopicAlias">0: none.</param>
internal readonly record struct PublishPacket(MqttReceivedMessage Message, ushort PacketId, ushort TopicAlias)
{
    public static PublishPacket Read(byte first, ReadOnlySpan<byte> body, MqttVersion version)
    {
        var reader = new PacketReader(body);
        var topic = reader.ReadText();
        if (topic.ContainsAny((byte)'+', (byte)'#')) throw new MqttProtocolException(MqttReasonCode.TopicNameInvalid, "The topic of a message contains a wildcard.");
        var qos = (MqttQos)((first >> 1) & 3);
        var id = qos == MqttQos.AtMostOnce ? (ushort)0 : reader.ReadPacketId();
        var alias = (ushort)0;
        var message = new MqttReceivedMessage
        {
            Topic = Utf8Rules.Decode(topic),
            Payload = [],
            Qos = qos,
            Retain = (first & FirstByte.RetainFlag) != 0,
            Duplicate = (first & FirstByte.DuplicateFlag) != 0,
        };
        if (version == MqttVersion.V5)
        {
            var properties = reader.ReadProperties(PacketType.Publish);
            if (properties.Next()) message = ReadProperties(properties, message, out alias);
        }
        if (topic.IsEmpty && alias == 0) throw MqttProtocolException.Error("A message has neither a topic nor a topic alias.");
        return new(message with { Payload = reader.ReadRest().ToArray() }, id, alias);
    }

    // Stands on the first property already
    private static MqttReceivedMessage ReadProperties(PropertyReader properties, MqttReceivedMessage message, out ushort alias)
    {
        alias = 0;
        List<MqttUserProperty>? users = null;
        List<uint>? subscriptions = null;
        do
        {
            switch (properties.Id)
            {
                case PropertyId.PayloadFormat: message = message with { PayloadIsText = properties.Number == 1 }; break;
                case PropertyId.MessageExpiry: message = message with { MessageExpirySeconds = properties.Number }; break;
                case PropertyId.ContentType: message = message with { ContentType = properties.Text }; break;
                case PropertyId.ResponseTopic:
                    if (properties.Bytes.ContainsAny((byte)'+', (byte)'#')) throw MqttProtocolException.Error("The response topic of a message contains a wildcard.");
                    message = message with { ResponseTopic = properties.Text };
                    break;
                case PropertyId.CorrelationData: message = message with { CorrelationData = properties.Bytes.ToArray() }; break;
                case PropertyId.TopicAlias: alias = (ushort)properties.Number; break;
                case PropertyId.SubscriptionIdentifier: (subscriptions ??= []).Add(properties.Number); break;
                case PropertyId.UserProperty: (users ??= []).Add(properties.Pair); break;
            }
        }
        while (properties.Next());
        return users is null && subscriptions is null ? message : message with { UserProperties = users ?? [], SubscriptionIds = subscriptions ?? [] };
    }
}
