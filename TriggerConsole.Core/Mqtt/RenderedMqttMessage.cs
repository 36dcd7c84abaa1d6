using System.Text;
using System.Text.Unicode;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Templates.Rendering;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt;

/// <summary>The message of one attempt: the trigger's templates filled in from the event, and the secrets that went into it.</summary>
internal sealed class RenderedMqttMessage
{
    /// <summary>The user property by which receivers can drop what they have had already: the execution's id.</summary>
    public const string IdempotencyKey = "idempotency-key";

    private RenderedMqttMessage(MqttPreparedTrigger prepared, MqttMessage message, List<string> secrets) => (Prepared, Message, Secrets) = (prepared, message, secrets);

    public MqttPreparedTrigger Prepared { get; }

    public MqttMessage Message { get; }

    /// <summary>Whatever must not show up in records.</summary>
    public List<string> Secrets { get; }

    /// <exception cref="TemplateException">The event lacks what a template needs.</exception>
    /// <exception cref="MqttMessageException">What came out is no message.</exception>
    public static RenderedMqttMessage Render(MqttPreparedTrigger prepared, AttemptContext context, TemplateScope scope)
    {
        List<string> secrets = [];
        foreach (var name in prepared.SecretNames)
            if (scope.Rules.Secrets.Find(name) is { Length: > 0 } value) secrets.Add(value);
        var payload = RenderPayload(prepared, context, scope);
        var properties = prepared.Settings.Properties;
        return new(prepared, new()
        {
            Topic = prepared.Topic.Render(scope),
            Payload = payload,
            Qos = prepared.Qos,
            Retain = prepared.Settings.Retain,
            ContentType = prepared.ContentType.IsMissing ? ContentTypeOf(context) : Value(prepared.ContentType, scope, "content type"),
            MessageExpirySeconds = (uint?)properties.MessageExpirySeconds,
            ResponseTopic = prepared.ResponseTopic.IsMissing ? null : prepared.ResponseTopic.Render(scope),
            CorrelationData = prepared.CorrelationData.IsMissing ? null : BytesOf(prepared.CorrelationData.Render(scope)),
            PayloadIsText = properties.PayloadFormatIndicator is { } indicator ? indicator == 1 : payload.Length > 0 && Utf8.IsValid(payload),
            UserProperties = RenderUserProperties(prepared, context, scope),
        }, secrets);
    }

    private static byte[] RenderPayload(MqttPreparedTrigger prepared, AttemptContext context, TemplateScope scope)
    {
        if (prepared.ConstantBody is { } constant) return constant;
        if (prepared.PassesEventOn)
        {
            var payload = context.Event.Stored.Body;
            if (prepared.Settings.Body is { Format: var format } && MessageFormats.WhyNot(format, payload) is { } why) throw new MqttMessageException(CodeOf(format), $"The event goes on as it came, but it is {why}. Nothing was sent.");
            return payload;
        }
        using var buffer = new PooledBuffer();
        prepared.Body!.Render(scope, buffer);
        return buffer.Written.ToArray(); // the client may go on sending after its caller has given up, so it is nobody else's
    }

    private static MqttUserProperty[] RenderUserProperties(MqttPreparedTrigger prepared, AttemptContext context, TemplateScope scope)
    {
        var own = prepared.UserProperties;
        var all = new MqttUserProperty[own.Length + (prepared.SetsIdempotencyKey ? 0 : 1)];
        for (var i = 0; i < own.Length; i++) all[i] = new(own[i].Name, Value(own[i].Value, scope, $"user property {own[i].Name}") ?? "");
        if (!prepared.SetsIdempotencyKey) all[^1] = new(IdempotencyKey, context.ExecutionId.ToString("D"));
        return all;
    }

    private static string? ContentTypeOf(AttemptContext context) => context.Event.Stored.ContentType is { Length: > 0 } type && !type.Any(char.IsControl) ? type : null;

    private static string? Value(TextPart part, TemplateScope scope, string what)
    {
        var value = part.Render(scope);
        if (value.Length > MqttTexts.MaxBytes / 3 && Encoding.UTF8.GetByteCount(value) > MqttTexts.MaxBytes) throw TooLong(what);
        return value.Length == 0 ? null : value;
    }

    private static byte[]? BytesOf(string correlation)
    {
        if (correlation.Length == 0) return null;
        var bytes = Encoding.UTF8.GetBytes(correlation);
        return bytes.Length <= MqttTexts.MaxBytes ? bytes : throw TooLong("correlation data");
    }

    private static MqttMessageException TooLong(string what)
        => new(MqttFailures.MessageInvalid, $"With the values of this event the {what} is longer than the {MqttTexts.MaxBytes:N0} bytes that MQTT allows.");

    private static string CodeOf(MessageFormat format) => format switch
    {
        MessageFormat.Xml => MqttFailures.PayloadNotXml,
        MessageFormat.Text => MqttFailures.PayloadNotText,
        _ => MqttFailures.PayloadNotJson,
    };
}

/// <summary>What an event gives cannot be sent as the trigger says; the message says why.</summary>
internal sealed class MqttMessageException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
