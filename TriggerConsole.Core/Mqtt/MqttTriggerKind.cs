using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt;

/// <summary>Messages to MQTT brokers. See <see cref="MqttTriggerSettings"/> for what can be set, <see cref="MqttFailures"/> for what can go wrong.</summary>
internal sealed partial class MqttTriggerKind(MqttBrokerDirectory brokers, MqttConnections connections, TemplateRules rules, TimeProvider time, ILogger<MqttTriggerKind> logger)
    : BrokerTriggerKind<RuntimeMqttBroker, MqttConnection, MqttPreparedTrigger, RenderedMqttMessage, MqttPublishResult>(TriggerKind.Mqtt, brokers, connections, rules, time)
{
    private readonly TemplateRules _rules = rules;

    public override Type SettingsType => typeof(MqttTriggerSettings);

    public override ValueTask ValidateAsync(TriggerSettings settings, TemplateRules templateRules, FieldErrors errors, CancellationToken cancellationToken)
    {
        new MqttSettingsValidator(brokers, templateRules, errors).Validate((MqttTriggerSettings)settings);
        return default;
    }

    public override string? DestinationOf(TriggerSettings settings) => RuntimeMqttBroker.KeyOf(((MqttTriggerSettings)settings).BrokerId);

    public override string Describe(TriggerSettings settings)
    {
        var mqtt = (MqttTriggerSettings)settings;
        return MqttDescription.Of(mqtt, brokers.Find(mqtt.BrokerId)?.Name);
    }

    public override PreparedTrigger Prepare(TriggerSettings settings)
    {
        var mqtt = (MqttTriggerSettings)settings;
        return MqttPreparedTrigger.Of(mqtt, brokers.Find(mqtt.BrokerId)?.Name, _rules);
    }

    protected override RenderedMqttMessage Render(MqttPreparedTrigger prepared, AttemptContext context, TemplateScope scope) => RenderedMqttMessage.Render(prepared, context, scope);

    protected override ValueTask<MqttPublishResult> SendAsync(MqttConnection connection, RenderedMqttMessage rendered, CancellationToken cancellationToken)
        => connection.Client.PublishAsync(rendered.Message, cancellationToken);

    protected override AttemptOutcome Judge(MqttConnection connection, RenderedMqttMessage rendered, in MqttPublishResult result)
    {
        if (result is { Status: MqttPublishStatus.Acknowledged, ReasonText: null })
            return MakeOutcome(rendered, connection.Broker, result.Version, null, result, null, result.Elapsed.TotalMilliseconds);
        var said = Said(connection, rendered, result.ReasonText);
        var failure = MqttFailures.From(result, result.Status is MqttPublishStatus.NotConnected or MqttPublishStatus.ConnectionLost ? connection.WhyNot : null, said);
        return MakeOutcome(rendered, connection.Broker, result.Version, failure, result, said, result.Elapsed.TotalMilliseconds);
    }

    protected override AttemptOutcome Unanswered(RenderedMqttMessage rendered, RuntimeMqttBroker? broker, MqttConnection? connection, AttemptFailure failure, double milliseconds)
        => MakeOutcome(rendered, broker, connection?.Client.Status.Version, failure, null, null, milliseconds);

    protected override AttemptFailure TimedOut(MqttConnection connection, RenderedMqttMessage rendered)
        => new(FailureKind.Timeout, MqttFailures.TimedOut, $"The broker did not acknowledge the message within {rendered.Prepared.Timeout.TotalSeconds:0.###} s. It may have arrived.");

    protected override AttemptFailure? Classify(RenderedMqttMessage rendered, Exception exception)
        => exception is MqttArgumentException argument ? new(FailureKind.Configuration, MqttFailures.MessageInvalid, argument.Sentence) : null;

    protected override byte[] RequestOf(RenderedMqttMessage rendered, RuntimeMqttBroker? broker) => MqttRecordWriter.Write(rendered, broker, VersionNow(broker));

    private static AttemptOutcome MakeOutcome(
        RenderedMqttMessage rendered, RuntimeMqttBroker? broker, MqttVersion? version, AttemptFailure? failure, in MqttPublishResult? result, string? said, double milliseconds)
    {
        var topic = rendered.Masker.MaskText(rendered.Message.Topic);
        return new()
        {
            Failure = failure?.Kind,
            NothingSent = failure?.Code is MqttFailures.BrokerUnreachable or MqttFailures.BrokerDisabled,
            Code = failure?.Code ?? MqttFailures.CodeOf(rendered.Prepared.Qos, result?.Reason ?? MqttReasonCode.Success),
            Detail = failure?.Detail,
            RetryAfter = failure?.RetryAfter,
            Target = broker is null ? topic : $"{broker.Address.Destination} {topic}",
            Request = MqttRecordWriter.Write(rendered, broker, version),
            Response = MqttRecordWriter.Write(result, rendered.Prepared.Qos, said, milliseconds),
        };
    }

    private MqttVersion? VersionNow(RuntimeMqttBroker? broker)
    {
        if (broker is null) return null;
        if (connections.Find(broker.Id) is { IsConnected: true } connection) return connection.Client.Status.Version;
        return broker.Settings.ProtocolVersion switch
        {
            MqttProtocolVersion.V311 => MqttVersion.V311,
            MqttProtocolVersion.V5 => MqttVersion.V5,
            _ => null,
        };
    }

    [LoggerMessage(EventIds.MqttAttemptUnforeseen, LogLevel.Error, "An MQTT attempt failed in a way that is not accounted for.")]
    protected override partial void LogUnforeseen(Exception exception);
}
