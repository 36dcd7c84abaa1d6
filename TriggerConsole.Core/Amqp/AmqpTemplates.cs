using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp;

/// <summary>Every template of one AMQP trigger, compiled. Null where the settings have none.</summary>
internal sealed class AmqpTemplates
{
    private readonly HashSet<string> _secretNames = new(StringComparer.OrdinalIgnoreCase);

    public Template? RoutingKey { get; private init; }

    public Template? Body { get; private init; }

    public Template? ContentType { get; private init; }

    public Template? ContentEncoding { get; private init; }

    public Template? MessageId { get; private init; }

    public Template? CorrelationId { get; private init; }

    public Template? ReplyTo { get; private init; }

    public Template? Type { get; private init; }

    public Template? AppId { get; private init; }

    public Template?[] Headers { get; private init; } = [];

    /// <summary>Those that become short strings, with the fields they come from.</summary>
    public IEnumerable<(Template? Template, string Field)> ShortTexts =>
    [
        (ContentType, "contentType"), (ContentEncoding, "contentEncoding"), (MessageId, "messageId"), (CorrelationId, "correlationId"), (ReplyTo, "replyTo"), (Type, "type"), (AppId, "appId"),
    ];

    /// <summary>The named secrets that any of them uses.</summary>
    public IReadOnlyCollection<string> SecretNames => _secretNames;

    /// <summary>Compiles them all; every fault goes to <paramref name="errors"/> under its field.</summary>
    public static AmqpTemplates Compile(AmqpTriggerSettings settings, TemplateRules rules, FieldErrors errors)
    {
        // Short strings carry no NUL (AMQP 0-9-1, section 4.2.5.3), and no line break does any good in them: the rule of HTTP headers
        var templates = new AmqpTemplates
        {
            RoutingKey = Compile(settings.RoutingKey, TemplateFormat.RoutingKey, "routingKey"),
            Body = settings.Body is { } body ? Compile(body.Template, body.TemplateFormat, "body.template") : null,
            ContentType = Compile(settings.ContentType, TemplateFormat.Header, "contentType"),
            ContentEncoding = Compile(settings.ContentEncoding, TemplateFormat.Header, "contentEncoding"),
            MessageId = Compile(settings.MessageId, TemplateFormat.Header, "messageId"),
            CorrelationId = Compile(settings.CorrelationId, TemplateFormat.Header, "correlationId"),
            ReplyTo = Compile(settings.ReplyTo, TemplateFormat.Header, "replyTo"),
            Type = Compile(settings.Type, TemplateFormat.Header, "type"),
            AppId = Compile(settings.AppId, TemplateFormat.Header, "appId"),
            // Values of headers are long strings, which carry everything
            Headers = [.. settings.Headers.Select(h => Template.Compile(h.Value, TemplateFormat.Plain, rules, errors, $"headers.{h.Name}"))],
        };
        IEnumerable<Template?> all = [templates.RoutingKey, templates.Body, .. templates.ShortTexts.Select(t => t.Template), .. templates.Headers];
        foreach (var template in all)
            if (template is not null) templates._secretNames.UnionWith(template.SecretNames);
        return templates;

        Template? Compile(string? source, TemplateFormat format, string field)
            => string.IsNullOrEmpty(source) ? null : Template.Compile(source, format, rules, errors, field);
    }
}
