using System.Text;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Amqp;

/// <param name="headerTexts">The values of the trigger's own headers as they were written, for records.</param>
internal sealed class RenderedAmqpMessage(AmqpPreparedTrigger prepared, AmqpMessage message, string[] headerTexts, List<string> secrets) : RenderedMessage<AmqpPreparedTrigger>(prepared, secrets)
{
    /// <summary>Bytes of properties and headers, which go into one frame of 64 KiB: without its frame (8) and what comes before them (12).</summary>
    public const int LargestProperties = 65_536 - 8 - 12;

    /// <summary>Below this many characters they cannot reach the limit, whatever they are.</summary>
    private const int SmallHeaders = 4096;

    public AmqpMessage Message { get; } = message;

    public string[] HeaderTexts { get; } = headerTexts;

    /// <exception cref="TemplateException">The event lacks what a template needs.</exception>
    /// <exception cref="MessageException">What came out is no message.</exception>
    public static RenderedAmqpMessage Render(AmqpPreparedTrigger prepared, AttemptContext context, TemplateScope scope)
    {
        var body = prepared.Payload.Render(context, scope);
        var key = context.ExecutionId.ToString("D");
        var texts = prepared.Headers.Length == 0 ? [] : new string[prepared.Headers.Length];
        var settings = prepared.Settings;
        var properties = new BasicProperties
        {
            ContentType = prepared.ContentType.IsMissing ? Fitting(prepared.Payload.ContentTypeOf(context)) : Text(prepared.ContentType, scope, "content type"),
            ContentEncoding = Text(prepared.ContentEncoding, scope, "content encoding"),
            DeliveryMode = settings.Persistent ? DeliveryModes.Persistent : DeliveryModes.Transient,
            Priority = (byte)(settings.Priority ?? 0),
            Expiration = prepared.Expiration,
            MessageId = Text(prepared.MessageId, scope, "message id") ?? key,
            CorrelationId = Text(prepared.CorrelationId, scope, "correlation id"),
            ReplyTo = Text(prepared.ReplyTo, scope, "reply-to"),
            Type = Text(prepared.Type, scope, "type"),
            AppId = Text(prepared.AppId, scope, "app id"),
            Timestamp = new(context.Now.ToUnixTimeSeconds()),
            Headers = RenderHeaders(prepared.Headers, texts, key, scope),
        };
        if (texts.Sum(t => t.Length) > SmallHeaders && ((IAmqpWriteable)properties).GetRequiredBufferSize() is > LargestProperties and var size)
            throw new MessageException(AmqpFailures.HeaderInvalid, $"With the values of this event properties and headers have {size:N0} bytes; one frame of AMQP holds {LargestProperties:N0}. Send less in them, or send it in the body.");
        return new(prepared, new()
        {
            Exchange = prepared.Destination.Exchange,
            RoutingKey = prepared.RoutingKey.Render(scope),
            Mandatory = settings.Mandatory,
            Properties = properties,
            Body = body,
            Key = key,
        }, texts, prepared.SecretsIn(scope));
    }

    private static Dictionary<string, object?> RenderHeaders(AmqpHeaderPlan[] plans, string[] texts, string key, TemplateScope scope)
    {
        var headers = new Dictionary<string, object?>(plans.Length + 1);
        for (var i = 0; i < plans.Length; i++)
        {
            var (name, type, part, constant) = plans[i];
            texts[i] = part.Render(scope);
            // A mask is of no type but text
            headers.Add(name, constant ?? (IsMasked(part, scope) ? texts[i] : AmqpHeaderValues.Read(type, texts[i])) ?? throw new MessageException(
                AmqpFailures.HeaderInvalid, $"The header {name} must be {AmqpHeaderValues.InWords(type)}. With the values of this event it is {(texts[i].Length == 0 ? "empty; give its placeholder a default, as in {payload.count|0}" : "something else")}."));
        }
        headers.Add(AmqpMessage.KeyHeader, key);
        return headers;
    }

    /// <summary>Null when it is missing or empty: then the property is left out.</summary>
    private static string? Text(TextPart part, TemplateScope scope, string what)
    {
        if (part.IsMissing) return null;
        var text = part.Render(scope);
        if (!IsMasked(part, scope) && Fitting(text) is null) throw new MessageException(AmqpFailures.MessageInvalid, $"With the values of this event the {what} has {Encoding.UTF8.GetByteCount(text):N0} bytes; AMQP allows {AmqpNames.MaxBytes}.");
        return text.Length == 0 ? null : text;
    }

    private static string? Fitting(string? text) => text is null || text.Length * 3 > AmqpNames.MaxBytes && Encoding.UTF8.GetByteCount(text) > AmqpNames.MaxBytes ? null : text;

    // A mask has another length than what it stands for
    private static bool IsMasked(TextPart part, TemplateScope scope) => scope.MaskSecrets && part.HoldsSecret;
}
