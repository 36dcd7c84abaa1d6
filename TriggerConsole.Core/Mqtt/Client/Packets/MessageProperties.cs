namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>The 5.0 properties that a PUBLISH and a will have in common.</summary>
internal static class MessageProperties
{
    public static bool IsAny(MqttMessage message)
        => message.ContentType is not null || message.MessageExpirySeconds is not null || message.ResponseTopic is not null
            || message.CorrelationData is not null || message.PayloadIsText || message.UserProperties.Count > 0;

    public static long Size(MqttMessage message)
        => (message.PayloadIsText ? 2 : 0)
            + (message.MessageExpirySeconds is null ? 0 : 5)
            + Measure.Property(message.ContentType)
            + Measure.Property(message.ResponseTopic)
            + (message.CorrelationData is { } data ? 3 + data.Length : 0)
            + Measure.UserProperties(message.UserProperties);

    public static void Write(ref PacketWriter writer, MqttMessage message)
    {
        if (message.PayloadIsText) writer.WriteProperty(PropertyId.PayloadFormat, (byte)1);
        if (message.MessageExpirySeconds is { } expiry) writer.WriteProperty(PropertyId.MessageExpiry, expiry);
        if (message.ContentType is { } type) writer.WriteProperty(PropertyId.ContentType, type);
        if (message.ResponseTopic is { } topic) writer.WriteProperty(PropertyId.ResponseTopic, topic);
        if (message.CorrelationData is { } data)
        {
            writer.WriteByte((byte)PropertyId.CorrelationData);
            writer.WriteBinary(data);
        }
        writer.WriteUserProperties(message.UserProperties);
    }
}
