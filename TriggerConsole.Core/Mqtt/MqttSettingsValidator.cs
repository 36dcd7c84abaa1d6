using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt;

/// <summary>Checks settings before they are saved: every fault at once, each named by its field.</summary>
internal sealed class MqttSettingsValidator(MqttBrokerDirectory brokers, TemplateRules rules, FieldErrors errors)
{
    public void Validate(MqttTriggerSettings settings)
    {
        if (settings.BrokerId == Guid.Empty) errors.Add("brokerId", "Choose the broker to publish to. Brokers are made under Brokers, or with POST /api/mqtt/brokers.");
        else if (brokers.Find(settings.BrokerId) is null) errors.Add("brokerId", "There is no MQTT broker with this id.");
        if (settings.Topic.Length == 0) errors.Add("topic", "Give the topic to publish to, for example orders/{payload.id}.");
        else if (settings.Topic.Length > MqttTriggerSettings.MaxTopicLength) errors.Add("topic", $"The topic is longer than {MqttTriggerSettings.MaxTopicLength:N0} characters.");
        if (settings.Qos is < 0 or > 2) errors.Add("qos", "Choose 0, 1 or 2.");
        if (!(settings.TimeoutSeconds is >= 1 and <= MqttTriggerSettings.LongestTimeoutSeconds)) errors.Add("timeoutSeconds", $"Give a time from 1 to {MqttTriggerSettings.LongestTimeoutSeconds} seconds.");
        settings.Body?.Validate(errors.Under("body"));
        CheckProperties(settings.Properties, errors.Under("properties"));
        MqttTemplates.Compile(settings, rules, errors);
    }

    private static void CheckProperties(MqttProperties properties, FieldErrors errors)
    {
        if (properties.MessageExpirySeconds is < 1 or > uint.MaxValue) errors.Add("messageExpirySeconds", "Give a time from 1 to 4,294,967,295 seconds, or leave it out for no expiry.");
        if (properties.PayloadFormatIndicator is not (null or 0 or 1)) errors.Add("payloadFormatIndicator", "Choose 1 (text) or 0 (not said), or leave it out.");
        CheckLength(properties.ContentType, "contentType", errors);
        CheckLength(properties.ResponseTopic, "responseTopic", errors);
        CheckLength(properties.CorrelationData, "correlationData", errors);
        if (properties.UserProperties.Count > MqttProperties.MaxUserProperties)
        {
            errors.Add("userProperties", $"Set at most {MqttProperties.MaxUserProperties} user properties.");
            return;
        }
        for (var i = 0; i < properties.UserProperties.Count; i++)
        {
            var (name, value) = (properties.UserProperties[i].Name, properties.UserProperties[i].Value);
            if (name.Length == 0) errors.Add($"userProperties[{i}].name", "Give the property's name.");
            else if (MqttTexts.WhyNotText(name, 200) is { } why) errors.Add($"userProperties[{i}].name", why);
            CheckLength(value, $"userProperties[{i}].value", errors);
        }
    }

    private static void CheckLength(string? text, string field, FieldErrors errors)
    {
        if (text?.Length > MqttProperties.MaxValueLength) errors.Add(field, $"Use at most {MqttProperties.MaxValueLength:N0} characters.");
    }
}
