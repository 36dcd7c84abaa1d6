using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt;

internal sealed class MqttPublisher(MqttBrokerDirectory brokers, TriggerKinds kinds, TemplateRules rules, TriggerTester tester, TimeProvider time)
    : BrokerPublisher("/api/mqtt/publish", tester, time)
{
    /// <param name="actor">Who asks: e-mail of the user or name of the API key.</param>
    public async Task<CommandResult<ExecutionDetails>> PublishAsync(MqttPublishInput input, string? actor, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var payload = PublishedPayload.Read(input.Payload, input.PayloadBase64, input.Format, errors);
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
                UserProperties = [.. properties.UserProperties.Select(p => p with { Value = Literal(p.Value) })],
            },
        };
        new MqttSettingsValidator(brokers, rules, errors).Validate(settings);
        if (errors.Any || payload is not { } ready) return new Refusal.Invalid(errors.All);
        var kind = kinds.Find(TriggerKind.Mqtt)!;
        return await RunAsync(kind, kind.Prepare(settings), ready, actor, cancellationToken);
    }
}
