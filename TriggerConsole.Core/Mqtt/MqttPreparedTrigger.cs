using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt;

/// <summary>An MQTT trigger made ready: everything that is the same for all attempts is worked out here, once.</summary>
internal sealed class MqttPreparedTrigger : PreparedTrigger
{
    private readonly MaskerCache _maskers = new();

    public MqttPreparedTrigger(MqttTriggerSettings settings, string? broker, TemplateRules rules)
    {
        var errors = new FieldErrors();
        var templates = MqttTemplates.Compile(settings, rules, errors);
        Settings = settings;
        TargetKey = RuntimeMqttBroker.KeyOf(settings.BrokerId);
        Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds);
        Description = MqttDescription.Of(settings, broker);
        Qos = (MqttQos)settings.Qos;
        Topic = TextPart.Of(templates.Topic, rules);
        Body = templates.Body;
        ConstantBody = templates.Body is { IsConstant: true } body ? System.Text.Encoding.UTF8.GetBytes(body.RenderText(TextPart.EmptyScope(rules))) : null;
        PassesEventOn = settings.Body is null || templates.Body is { IsPassthrough: true };
        ContentType = templates.ContentType is null && settings.Body is { } format ? TextPart.Of(MessageBody.ContentTypeOf(format.Format)) : TextPart.Of(templates.ContentType, rules);
        ResponseTopic = TextPart.Of(templates.ResponseTopic, rules);
        CorrelationData = TextPart.Of(templates.CorrelationData, rules);
        UserProperties = [.. settings.Properties.UserProperties.Select((p, i) => (p.Name, TextPart.Of(templates.UserProperties[i], rules)))];
        SetsIdempotencyKey = settings.Properties.UserProperties.Any(p => p.Name == RenderedMqttMessage.IdempotencyKey);
        SecretNames = [.. templates.SecretNames];
        // A secret may have been deleted since the trigger was saved
        if (errors.Any) Fault = $"The trigger's settings are no longer valid: {errors.All[0].Field}: {errors.All[0].Message}";
    }

    public MqttTriggerSettings Settings { get; }

    public override string TargetKey { get; }

    public override TimeSpan Timeout { get; }

    public override string Description { get; }

    /// <summary>Why no attempt can be made; null normally.</summary>
    public string? Fault { get; }

    public Guid BrokerId => Settings.BrokerId;

    public MqttQos Qos { get; }

    public TextPart Topic { get; }

    public Template? Body { get; }

    /// <summary>The payload, when it is always the same.</summary>
    public byte[]? ConstantBody { get; }

    /// <summary>The payload is the event's own, byte for byte.</summary>
    public bool PassesEventOn { get; }

    public TextPart ContentType { get; }

    public TextPart ResponseTopic { get; }

    public TextPart CorrelationData { get; }

    public (string Name, TextPart Value)[] UserProperties { get; }

    public bool SetsIdempotencyKey { get; }

    public string[] SecretNames { get; }

    public SecretMasker MaskerFor(List<string> secrets) => _maskers.For(secrets);
}
