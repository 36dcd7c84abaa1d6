using System.Text;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp;

/// <summary>Checks settings before they are saved: every fault at once, each named by its field.</summary>
internal sealed class AmqpSettingsValidator(AmqpBrokerDirectory brokers, AmqpExchangeDirectory exchanges, TemplateRules rules, FieldErrors errors)
{
    public void Validate(AmqpTriggerSettings settings)
    {
        CheckDestination(settings);
        if (settings.Queue is { } queue && queue.AsSpan().ContainsAny('{', '}')) errors.Add("queue", "The name of a queue holds no placeholders here. To choose the queue by the event, publish to an exchange, with placeholders in the routing key.");
        CheckMessage(settings);
    }

    public void CheckDestination(AmqpTriggerSettings settings)
    {
        switch (settings)
        {
            case { ExchangeId: not null, Queue: not null }:
                errors.Add("queue", "Give either an exchange or a queue, not both.");
                break;
            case { ExchangeId: { } id }:
                CheckExchange(id, settings);
                break;
            case { Queue: { } queue }:
                CheckBroker(settings.BrokerId);
                if (AmqpNames.WhyNotName(queue, "queue") is { } why) errors.Add("queue", why);
                if (settings.RoutingKey.Length > 0) errors.Add("routingKey", "What goes straight to a queue has its name as the routing key. Leave this out, or publish to an exchange.");
                break;
            default:
                errors.Add("exchangeId", "Choose the exchange to publish to, or give a queue. Exchanges are made under Brokers, or with POST /api/amqp/exchanges.");
                break;
        }
    }

    public void CheckBroker(Guid? brokerId)
    {
        if (brokerId is null) errors.Add("brokerId", "Choose the broker to publish to. Brokers are made under Brokers, or with POST /api/amqp/brokers.");
        else if (brokers.Find(brokerId.Value) is null) errors.Add("brokerId", "There is no AMQP broker with this id.");
    }

    /// <summary>All but where it goes.</summary>
    public void CheckMessage(AmqpTriggerSettings settings)
    {
        CheckLength(settings.RoutingKey, "routingKey");
        settings.Body?.Validate(errors.Under("body"));
        if (settings is { RetryUnroutable: true, Mandatory: false }) errors.Add("retryUnroutable", "Without mandatory nothing comes back as unroutable, so nothing could be tried again. Switch mandatory on, or this off.");
        if (settings.Priority is < 0 or > byte.MaxValue) errors.Add("priority", "Give a number from 0 to 255, or leave it out.");
        if (settings.ExpirationMs is < 0 or > uint.MaxValue) errors.Add("expirationMs", "Give a time from 0 to 4,294,967,295 milliseconds, or leave it out for no expiry.");
        if (!(settings.TimeoutSeconds is >= 1 and <= AmqpTriggerSettings.LongestTimeoutSeconds)) errors.Add("timeoutSeconds", $"Give a time from 1 to {AmqpTriggerSettings.LongestTimeoutSeconds} seconds.");
        CheckLength(settings.ContentType, "contentType");
        CheckLength(settings.ContentEncoding, "contentEncoding");
        CheckLength(settings.MessageId, "messageId");
        CheckLength(settings.CorrelationId, "correlationId");
        CheckLength(settings.ReplyTo, "replyTo");
        CheckLength(settings.Type, "type");
        CheckLength(settings.AppId, "appId");
        if (settings.Headers.Count > AmqpTriggerSettings.MaxHeaders)
        {
            errors.Add("headers", $"Set at most {AmqpTriggerSettings.MaxHeaders} headers.");
            return;
        }
        CheckHeaderNames(settings.Headers);
        CheckConstants(settings, AmqpTemplates.Compile(settings, rules, errors));
    }

    private void CheckExchange(Guid id, AmqpTriggerSettings settings)
    {
        if (exchanges.Find(id) is not { } exchange)
        {
            errors.Add("exchangeId", "There is no exchange with this id.");
            return;
        }
        if (exchange.Definition.Internal) errors.Add("exchangeId", $"The exchange {exchange.Name} is internal: it takes messages from other exchanges only. Choose another one.");
        if (settings.BrokerId is { } broker && broker != exchange.BrokerId) errors.Add("brokerId", $"The exchange {exchange.Name} is at another broker. Leave the broker out: it comes with the exchange.");
        if (settings.RoutingKey.Length == 0 && exchange.Type is AmqpExchangeType.Direct or AmqpExchangeType.Topic) errors.Add("routingKey", $"Give the routing key, for example orders.{{payload.region}}.new: by it a {exchange.Type.ToString().ToLowerInvariant()} exchange finds the queues.");
    }

    private void CheckHeaderNames(IReadOnlyList<AmqpHeader> headers)
    {
        var names = new HashSet<string>();
        foreach (var (name, value, _) in headers)
        {
            var field = $"headers.{name}";
            if (name.Length == 0) errors.Add("headers", "Give each header a name.");
            else if (AmqpNames.WhyNotText(name, "The name of a header") is { } why) errors.Add(field, why);
            else if (!names.Add(name)) errors.Add(field, "This header is given twice.");
            else if (name.Equals(AmqpMessage.KeyHeader, StringComparison.OrdinalIgnoreCase)) errors.Add(field, "This header is set by itself, to the execution's id, so that receivers can drop what they have had. Choose another name, or set messageId.");
            else if (name is "CC" or "BCC") errors.Add(field, "RabbitMQ takes CC and BCC for lists of further routing keys, which cannot be given here. Choose another name.");
            CheckLength(value, field);
        }
    }

    /// <summary>What is the same for every event is checked now and not at the first one.</summary>
    private void CheckConstants(AmqpTriggerSettings settings, AmqpTemplates templates)
    {
        foreach (var (template, field) in templates.ShortTexts)
            if (ConstantOf(template) is { } text && Encoding.UTF8.GetByteCount(text) > AmqpNames.MaxBytes) errors.Add(field, $"Use at most {AmqpNames.MaxBytes} bytes.");
        var bytes = 0;
        for (var i = 0; i < settings.Headers.Count; i++)
        {
            if (ConstantOf(templates.Headers[i]) is not { } text) continue;
            bytes += Encoding.UTF8.GetByteCount(text);
            if (AmqpHeaderValues.Read(settings.Headers[i].Type, text) is null) errors.Add($"headers.{settings.Headers[i].Name}", $"This header must be {AmqpHeaderValues.InWords(settings.Headers[i].Type)}.");
        }
        if (bytes > RenderedAmqpMessage.LargestProperties) errors.Add("headers", $"Together the headers are larger than the {RenderedAmqpMessage.LargestProperties:N0} bytes that one frame holds. Send less in them.");
    }

    private string? ConstantOf(Template? template) => template is { IsConstant: true } ? template.RenderText(TextPart.EmptyScope(rules)) : null;

    private void CheckLength(string? text, string field)
    {
        if (text?.Length > AmqpTriggerSettings.MaxTemplateLength) errors.Add(field, $"Use at most {AmqpTriggerSettings.MaxTemplateLength:N0} characters.");
    }
}
