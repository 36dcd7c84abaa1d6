using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt;

/// <summary>Every template of one MQTT trigger, compiled. Null where the settings have none.</summary>
internal sealed class MqttTemplates
{
    private readonly HashSet<string> _secretNames = new(StringComparer.OrdinalIgnoreCase);

    public Template? Topic { get; private init; }

    public Template? Body { get; private init; }

    public Template? ContentType { get; private init; }

    public Template? ResponseTopic { get; private init; }

    public Template? CorrelationData { get; private init; }

    public Template?[] UserProperties { get; private init; } = [];

    /// <summary>The named secrets that any of them uses.</summary>
    public IReadOnlyCollection<string> SecretNames => _secretNames;

    /// <summary>Compiles them all; every fault goes to <paramref name="errors"/> under its field.</summary>
    public static MqttTemplates Compile(MqttTriggerSettings settings, TemplateRules rules, FieldErrors errors)
    {
        var properties = settings.Properties;
        var inProperties = errors.Under("properties");
        var templates = new MqttTemplates
        {
            Topic = Compile(settings.Topic, TemplateFormat.MqttTopic, errors, "topic"),
            Body = settings.Body is { } body ? Compile(body.Template, body.TemplateFormat, errors, "body.template") : null,
            ContentType = Compile(properties.ContentType, TemplateFormat.Header, inProperties, "contentType"),
            ResponseTopic = Compile(properties.ResponseTopic, TemplateFormat.MqttTopic, inProperties, "responseTopic"),
            CorrelationData = Compile(properties.CorrelationData, TemplateFormat.Plain, inProperties, "correlationData"),
            // MQTT forbids in its texts what HTTP forbids in headers
            UserProperties = [.. properties.UserProperties.Select((p, i) => Template.Compile(p.Value, TemplateFormat.Header, rules, inProperties, $"userProperties[{i}].value"))],
        };
        IEnumerable<Template?> all = [templates.Topic, templates.Body, templates.ContentType, templates.ResponseTopic, templates.CorrelationData, .. templates.UserProperties];
        foreach (var template in all)
            if (template is not null) templates._secretNames.UnionWith(template.SecretNames);
        return templates;

        Template? Compile(string? source, TemplateFormat format, FieldErrors into, string field)
            => string.IsNullOrEmpty(source) ? null : Template.Compile(source, format, rules, into, field);
    }
}
