using System.Text;
using System.Text.Unicode;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt;

internal sealed class RenderedMqttMessage(MqttPreparedTrigger prepared, MqttMessage message, List<string> secrets) : RenderedMessage<MqttPreparedTrigger>(prepared, secrets)
{
    /// <summary>The user property by which receivers can drop what they have had already: the execution's id.</summary>
    public const string IdempotencyKey = "idempotency-key";

    public MqttMessage Message { get; } = message;

    /// <exception cref="TemplateException">The event lacks what a template needs.</exception>
    /// <exception cref="MessageException">What came out is no message.</exception>
    public static RenderedMqttMessage Render(MqttPreparedTrigger prepared, AttemptContext context, TemplateScope scope)
    {
        var secrets = prepared.SecretsIn(scope);
        var payload = prepared.Payload.Render(context, scope);
        var properties = prepared.Settings.Properties;
        return new(prepared, new()
        {
            Topic = prepared.Topic.Render(scope),
            Payload = payload,
            Qos = prepared.Qos,
            Retain = prepared.Settings.Retain,
            ContentType = prepared.ContentType.IsMissing ? prepared.Payload.ContentTypeOf(context) : Value(prepared.ContentType, scope, "content type"),
            MessageExpirySeconds = (uint?)properties.MessageExpirySeconds,
            ResponseTopic = prepared.ResponseTopic.IsMissing ? null : prepared.ResponseTopic.Render(scope),
            CorrelationData = prepared.CorrelationData.IsMissing ? null : BytesOf(prepared.CorrelationData.Render(scope)),
            PayloadIsText = properties.PayloadFormatIndicator is { } indicator ? indicator == 1 : payload.Length > 0 && Utf8.IsValid(payload),
            UserProperties = RenderUserProperties(prepared, context, scope),
        }, secrets);
    }

    private static MqttUserProperty[] RenderUserProperties(MqttPreparedTrigger prepared, AttemptContext context, TemplateScope scope)
    {
        var own = prepared.UserProperties;
        var all = new MqttUserProperty[own.Length + (prepared.SetsIdempotencyKey ? 0 : 1)];
        for (var i = 0; i < own.Length; i++) all[i] = new(own[i].Name, Value(own[i].Value, scope, $"user property {own[i].Name}") ?? "");
        if (!prepared.SetsIdempotencyKey) all[^1] = new(IdempotencyKey, context.ExecutionId.ToString("D"));
        return all;
    }

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

    private static MessageException TooLong(string what)
        => new(MqttFailures.MessageInvalid, $"With the values of this event the {what} is longer than the {MqttTexts.MaxBytes:N0} bytes that MQTT allows.");
}
