using TriggerConsole.Core.Mqtt.Client.Packets;

namespace TriggerConsole.Core.Mqtt.Client.Validation;

/// <summary>What can never be published, whatever the broker.</summary>
internal static class MessageRules
{
    /// <param name="prefix">Before the name of a property at fault, such as "Will.".</param>
    /// <exception cref="MqttArgumentException"/>
    public static void Check(MqttMessage message, string prefix = "")
    {
        TopicRules.CheckName(prefix + nameof(message.Topic), message.Topic);
        if (message.Qos > MqttQos.ExactlyOnce) throw new MqttArgumentException(prefix + nameof(message.Qos), "The QoS must be 0, 1 or 2.");
        if (MessageProperties.IsAny(message)) CheckProperties(message, prefix);
    }

    private static void CheckProperties(MqttMessage message, string prefix)
    {
        TextRules.Check(prefix + nameof(message.ContentType), message.ContentType, "The content type");
        if (message.ResponseTopic is not null) TopicRules.CheckName(prefix + nameof(message.ResponseTopic), message.ResponseTopic, "The response topic");
        if (message.CorrelationData?.Length > ushort.MaxValue)
        {
            throw new MqttArgumentException(prefix + nameof(message.CorrelationData), $"The correlation data is {message.CorrelationData.Length:N0} bytes long; at most 65,535 are possible.");
        }
        foreach (var property in message.UserProperties)
        {
            if (property.Name is null || property.Value is null) throw new MqttArgumentException(prefix + nameof(message.UserProperties), "A user property has no name or no value.");
            TextRules.Check(prefix + nameof(message.UserProperties), property.Name, "The name of a user property");
            TextRules.Check(prefix + nameof(message.UserProperties), property.Value, "The value of a user property");
        }
    }
}
