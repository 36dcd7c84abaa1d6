using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt;

internal sealed class MqttPreparedTrigger : BrokerPreparedTrigger
{
    private MqttPreparedTrigger(MqttTriggerSettings settings, string? broker, MqttTemplates templates, TemplateRules rules, FieldErrors errors)
        : base(settings.BrokerId, RuntimeMqttBroker.KeyOf(settings.BrokerId), settings.TimeoutSeconds, MqttDescription.Of(settings, broker), new(settings.Body, templates.Body, rules), templates.SecretNames, errors)
    {
        Settings = settings;
        Qos = (MqttQos)settings.Qos;
        Topic = TextPart.Of(templates.Topic, rules);
        ContentType = TextPart.Of(templates.ContentType, rules);
        ResponseTopic = TextPart.Of(templates.ResponseTopic, rules);
        CorrelationData = TextPart.Of(templates.CorrelationData, rules);
        UserProperties = [.. settings.Properties.UserProperties.Select((p, i) => (p.Name, TextPart.Of(templates.UserProperties[i], rules)))];
        SetsIdempotencyKey = settings.Properties.UserProperties.Any(p => p.Name == RenderedMqttMessage.IdempotencyKey);
    }

    public MqttTriggerSettings Settings { get; }

    public MqttQos Qos { get; }

    public TextPart Topic { get; }

    public TextPart ContentType { get; }

    public TextPart ResponseTopic { get; }

    public TextPart CorrelationData { get; }

    public (string Name, TextPart Value)[] UserProperties { get; }

    public bool SetsIdempotencyKey { get; }

    /// <param name="broker">Its name; null when there is none.</param>
    public static MqttPreparedTrigger Of(MqttTriggerSettings settings, string? broker, TemplateRules rules)
    {
        var errors = new FieldErrors();
        return new(settings, broker, MqttTemplates.Compile(settings, rules, errors), rules, errors);
    }
}
