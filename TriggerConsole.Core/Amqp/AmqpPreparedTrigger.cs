using System.Globalization;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp;

/// <summary>A header as it is rendered.</summary>
/// <param name="Constant">Its value when it is always the same; else null.</param>
internal readonly record struct AmqpHeaderPlan(string Name, AmqpHeaderType Type, TextPart Text, object? Constant);

internal sealed class AmqpPreparedTrigger : BrokerPreparedTrigger
{
    private AmqpPreparedTrigger(AmqpTriggerSettings settings, AmqpDestination destination, string? broker, AmqpTemplates templates, TemplateRules rules, FieldErrors errors)
        : base(destination.BrokerId, RuntimeAmqpBroker.KeyOf(destination.BrokerId), settings.TimeoutSeconds, AmqpDescription.Of(settings, destination, broker),
            new(settings.Body, templates.Body, rules), templates.SecretNames, errors)
    {
        Settings = settings;
        Destination = destination;
        RoutingKey = destination.Queue is { } queue ? TextPart.Of(queue) : TextPart.Of(templates.RoutingKey, rules);
        ContentType = TextPart.Of(templates.ContentType, rules);
        ContentEncoding = TextPart.Of(templates.ContentEncoding, rules);
        MessageId = TextPart.Of(templates.MessageId, rules);
        CorrelationId = TextPart.Of(templates.CorrelationId, rules);
        ReplyTo = TextPart.Of(templates.ReplyTo, rules);
        Type = TextPart.Of(templates.Type, rules);
        AppId = TextPart.Of(templates.AppId, rules);
        Expiration = settings.ExpirationMs?.ToString(CultureInfo.InvariantCulture);
        Headers = [.. settings.Headers.Select((h, i) => Plan(h, TextPart.Of(templates.Headers[i], rules)))];
    }

    public AmqpTriggerSettings Settings { get; }

    public AmqpDestination Destination { get; }

    public TextPart RoutingKey { get; }

    public TextPart ContentType { get; }

    public TextPart ContentEncoding { get; }

    public TextPart MessageId { get; }

    public TextPart CorrelationId { get; }

    public TextPart ReplyTo { get; }

    public TextPart Type { get; }

    public TextPart AppId { get; }

    /// <summary>As AMQP writes it: milliseconds in digits.</summary>
    public string? Expiration { get; }

    public AmqpHeaderPlan[] Headers { get; }

    /// <param name="broker">Its name; null when there is none.</param>
    public static AmqpPreparedTrigger Of(AmqpTriggerSettings settings, AmqpDestination destination, string? broker, TemplateRules rules)
    {
        var errors = new FieldErrors();
        return new(settings, destination, broker, AmqpTemplates.Compile(settings, rules, errors), rules, errors);
    }

    private static AmqpHeaderPlan Plan(AmqpHeader header, TextPart text)
        => new(header.Name, header.Type, text, text.Constant is { } constant ? AmqpHeaderValues.Read(header.Type, constant) : null);
}
