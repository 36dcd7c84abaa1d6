using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt;

/// <summary>Publishes one message without a trigger. It is recorded like a test: event and execution are on disk before it is sent.</summary>
internal sealed class MqttPublisher(MqttBrokerDirectory brokers, TriggerKinds kinds, TemplateRules rules, TriggerTester tester, TimeProvider time)
{
    public const string Path = "/api/mqtt/publish";

    /// <param name="actor">Who asks: e-mail of the user or name of the API key.</param>
    public async Task<CommandResult<ExecutionDetails>> PublishAsync(MqttPublishInput input, string? actor, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var payload = input.ReadPayload(errors);
        var properties = input.Properties ?? new();
        var settings = new MqttTriggerSettings
        {
            BrokerId = input.BrokerId ?? Guid.Empty,
            Topic = Literal(input.Topic) ?? "",
            Qos = input.Qos ?? 1,
            Retain = input.Retain ?? false,
            Properties = properties with
            {
                ContentType = Literal(properties.ContentType),
                ResponseTopic = Literal(properties.ResponseTopic),
                CorrelationData = Literal(properties.CorrelationData),
                UserProperties = [.. properties.UserProperties.Select(p => p with { Value = Literal(p.Value)! })],
            },
        };
        new MqttSettingsValidator(brokers, rules, errors).Validate(settings);
        if (errors.Any || payload is not { } ready) return new Refusal.Invalid(errors.All);
        var kind = kinds.Find(TriggerKind.Mqtt)!;
        var content = new EventContent(Store(ready.Bytes, ready.Format, actor));
        return await tester.RunAsync(kind, kind.Prepare(settings), content, isNew: true, triggerId: null, cancellationToken);
    }

    // Braces are doubled, so that the same way leads through as for triggers
    private static string? Literal(string? text) => text?.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    private StoredEvent Store(byte[] payload, MessageFormat? format, string? actor)
    {
        var now = time.Now();
        var contentType = format is { } known ? MessageBody.ContentTypeOf(known) : null;
        KeyValuePair<string, string>[] headers = contentType is null ? [] : [new("Content-Type", contentType)];
        return new()
        {
            Id = Uuid7.New(now),
            Origin = EventOrigin.Api,
            ReceivedAt = now,
            Method = "POST",
            Path = Path,
            Headers = EventHeaders.Write(headers),
            ContentType = contentType,
            EventType = EventTypes.Detect(headers, contentType, payload),
            Verdicts = VerdictJson.Write([]),
            Actor = actor,
            Body = payload,
        };
    }
}
