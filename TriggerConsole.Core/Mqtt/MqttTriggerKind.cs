using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Records;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt;

/// <summary>Messages to MQTT brokers. See <see cref="MqttTriggerSettings"/> for what can be set, <see cref="MqttFailures"/> for what can go wrong.</summary>
internal sealed partial class MqttTriggerKind(MqttBrokerDirectory brokers, MqttConnections connections, TemplateRules rules, TimeProvider time, ILogger<MqttTriggerKind> logger) : ITriggerKind
{
    private const int MaxSaidLength = 200;

    public TriggerKind Kind => TriggerKind.Mqtt;

    public Type SettingsType => typeof(MqttTriggerSettings);

    public ITargetConnections Connections => connections;

    public bool KeepsOrder => true;

    public ValueTask ValidateAsync(TriggerSettings settings, TemplateRules templateRules, FieldErrors errors, CancellationToken cancellationToken)
    {
        new MqttSettingsValidator(brokers, templateRules, errors).Validate((MqttTriggerSettings)settings);
        return default;
    }

    public string? DestinationOf(TriggerSettings settings) => RuntimeMqttBroker.KeyOf(((MqttTriggerSettings)settings).BrokerId);

    public string Describe(TriggerSettings settings)
    {
        var mqtt = (MqttTriggerSettings)settings;
        return MqttDescription.Of(mqtt, brokers.Find(mqtt.BrokerId)?.Name);
    }

    public PreparedTrigger Prepare(TriggerSettings settings)
    {
        var mqtt = (MqttTriggerSettings)settings;
        return new MqttPreparedTrigger(mqtt, brokers.Find(mqtt.BrokerId)?.Name, rules);
    }

    public TriggerPreview Preview(PreparedTrigger prepared, AttemptContext context)
    {
        var mqtt = (MqttPreparedTrigger)prepared;
        if (TryRender(mqtt, context, new TemplateScope(context, rules) { MaskSecrets = true }, out var failure) is not { } rendered) return new(null, failure!.Detail);
        var broker = brokers.Find(mqtt.BrokerId);
        return new(MqttRecordWriter.Write(rendered, broker, VersionNow(broker), mqtt.MaskerFor(rendered.Secrets)), null);
    }

    /// <summary>Hands the message to the connection before it first waits, so that the order of calls is the order on the wire.</summary>
    public Task<AttemptOutcome> ExecuteAsync(PreparedTrigger prepared, AttemptContext context, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<AttemptOutcome>(cancellationToken);
        var mqtt = (MqttPreparedTrigger)prepared;
        if (TryRender(mqtt, context, new TemplateScope(context, rules), out var failure) is not { } rendered)
            return Task.FromResult(new AttemptOutcome { Failure = failure!.Kind, Code = failure.Code, Detail = failure.Detail });
        return connections.Find(mqtt.BrokerId) is { } connection
            ? PublishAsync(connection, rendered, cancellationToken)
            : Task.FromResult(MakeOutcome(rendered, brokers.Find(mqtt.BrokerId), null, WithoutConnection(mqtt.BrokerId), null, null, 0));
    }

    private async Task<AttemptOutcome> PublishAsync(MqttConnection connection, RenderedMqttMessage rendered, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        AttemptFailure? failure;
        using var limit = new AttemptLimit(rendered.Prepared.Timeout, time, cancellationToken);
        try
        {
            var result = await connection.Client.PublishAsync(rendered.Message, limit.Token);
            return Judge(connection, rendered, result);
        }
        catch (OperationCanceledException) when (limit.Token.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            failure = new(FailureKind.Timeout, MqttFailures.TimedOut, $"The broker did not acknowledge the message within {rendered.Prepared.Timeout.TotalSeconds:0.###} s. It may have arrived.");
        }
        catch (MqttArgumentException exception)
        {
            failure = new(FailureKind.Configuration, MqttFailures.MessageInvalid, exception.Sentence);
        }
        catch (Exception exception)
        {
            // One event must not become poison for the engine, whatever is in it
            LogUnforeseen(exception);
            failure = MqttFailures.Unforeseen;
        }
        return MakeOutcome(rendered, connection.Broker, connection.Client.Status.Version, failure, null, null, time.GetElapsedTime(started).TotalMilliseconds);
    }

    private static AttemptOutcome Judge(MqttConnection connection, RenderedMqttMessage rendered, in MqttPublishResult result)
    {
        if (result is { Status: MqttPublishStatus.Acknowledged, ReasonText: null })
            return MakeOutcome(rendered, connection.Broker, result.Version, null, result, null, result.Elapsed.TotalMilliseconds);
        var said = result.ReasonText is { Length: > 0 } text ? RecordWriter.Cut(connection.Masker.MaskText(new string([.. text.Where(c => !char.IsControl(c))])), MaxSaidLength) : null;
        var failure = MqttFailures.From(result, result.Status is MqttPublishStatus.NotConnected or MqttPublishStatus.ConnectionLost ? connection.WhyNot : null, said);
        return MakeOutcome(rendered, connection.Broker, result.Version, failure, result, said, result.Elapsed.TotalMilliseconds);
    }

    private static AttemptOutcome MakeOutcome(
        RenderedMqttMessage rendered, RuntimeMqttBroker? broker, MqttVersion? version, AttemptFailure? failure, in MqttPublishResult? result, string? said, double milliseconds)
    {
        var masker = rendered.Secrets.Count == 0 ? SecretMasker.None : rendered.Prepared.MaskerFor(rendered.Secrets);
        var topic = masker.MaskText(rendered.Message.Topic);
        return new()
        {
            Failure = failure?.Kind,
            NothingSent = failure?.Code is MqttFailures.BrokerUnreachable or MqttFailures.BrokerDisabled,
            Code = failure?.Code ?? MqttFailures.CodeOf(rendered.Prepared.Qos, result?.Reason ?? MqttReasonCode.Success),
            Detail = failure?.Detail,
            RetryAfter = failure?.RetryAfter,
            Target = broker is null ? topic : $"{broker.Address.Destination} {topic}",
            Request = MqttRecordWriter.Write(rendered, broker, version, masker),
            Response = MqttRecordWriter.Write(result, rendered.Prepared.Qos, said, milliseconds),
        };
    }

    private AttemptFailure WithoutConnection(Guid brokerId) => brokers.Find(brokerId) switch
    {
        null => new(FailureKind.Configuration, MqttFailures.BrokerMissing, "The broker that this trigger publishes to has been deleted. Choose another one."),
        { Enabled: false } broker => new(FailureKind.Unavailable, MqttFailures.BrokerDisabled, $"The broker {broker.Name} is switched off under Brokers; nothing was sent."),
        _ => MqttFailures.Unreachable(connections.StatusOf(brokerId).LastFailure?.Detail ?? "The connection is being made anew."),
    };

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

    private RenderedMqttMessage? TryRender(MqttPreparedTrigger prepared, AttemptContext context, TemplateScope scope, out AttemptFailure? failure)
    {
        failure = null;
        try
        {
            if (prepared.Fault is { } fault) failure = new(FailureKind.Configuration, MqttFailures.TemplateInvalid, fault);
            else return RenderedMqttMessage.Render(prepared, context, scope);
        }
        catch (TemplateException exception) { failure = new(FailureKind.Configuration, exception.Code, exception.Message); }
        catch (MqttMessageException exception) { failure = new(FailureKind.Configuration, exception.Code, exception.Message); }
        catch (Exception exception)
        {
            LogUnforeseen(exception);
            failure = MqttFailures.Unforeseen;
        }
        return null;
    }

    [LoggerMessage(EventIds.MqttAttemptUnforeseen, LogLevel.Error, "An MQTT attempt failed in a way that is not accounted for.")]
    private partial void LogUnforeseen(Exception exception);
}
