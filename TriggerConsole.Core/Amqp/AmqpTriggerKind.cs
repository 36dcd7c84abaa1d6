using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp;

/// <summary>Messages to AMQP brokers. See <see cref="AmqpTriggerSettings"/> for what can be set, <see cref="AmqpFailures"/> for what can go wrong.</summary>
internal sealed partial class AmqpTriggerKind(
    AmqpBrokerDirectory brokers, AmqpExchangeDirectory exchanges, AmqpConnections connections, TemplateRules rules, TimeProvider time, ILogger<AmqpTriggerKind> logger)
    : BrokerTriggerKind<RuntimeAmqpBroker, AmqpConnection, AmqpPreparedTrigger, RenderedAmqpMessage, AmqpPublishResult>(TriggerKind.Amqp, brokers, connections, rules, time)
{
    private readonly TemplateRules _rules = rules;

    public override Type SettingsType => typeof(AmqpTriggerSettings);

    public override ValueTask ValidateAsync(TriggerSettings settings, TemplateRules templateRules, FieldErrors errors, CancellationToken cancellationToken)
    {
        new AmqpSettingsValidator(brokers, exchanges, templateRules, errors).Validate((AmqpTriggerSettings)settings);
        return default;
    }

    public override string? DestinationOf(TriggerSettings settings)
        => AmqpDestination.Of((AmqpTriggerSettings)settings, exchanges) is { BrokerId: var id } && id != Guid.Empty ? RuntimeAmqpBroker.KeyOf(id) : null;

    public override string Describe(TriggerSettings settings)
    {
        var amqp = (AmqpTriggerSettings)settings;
        var destination = AmqpDestination.Of(amqp, exchanges);
        return AmqpDescription.Of(amqp, destination, brokers.Find(destination.BrokerId)?.Name);
    }

    public override PreparedTrigger Prepare(TriggerSettings settings)
    {
        var amqp = (AmqpTriggerSettings)settings;
        var destination = AmqpDestination.Of(amqp, exchanges);
        return AmqpPreparedTrigger.Of(amqp, destination, brokers.Find(destination.BrokerId)?.Name, _rules);
    }

    protected override AttemptFailure? WhyNot(AmqpPreparedTrigger prepared)
        => prepared.Destination.ExchangeId is { } id && exchanges.Find(id) is null ? AmqpFailures.ExchangeGone : base.WhyNot(prepared);

    protected override RenderedAmqpMessage Render(AmqpPreparedTrigger prepared, AttemptContext context, TemplateScope scope) => RenderedAmqpMessage.Render(prepared, context, scope);

    /// <summary>Exchanges and bindings come first: what is published before them would be lost or refused.</summary>
    protected override bool IsReady(AmqpConnection connection) => connection.IsPrepared;

    protected override ValueTask<AmqpPublishResult> SendAsync(AmqpConnection connection, RenderedAmqpMessage rendered, CancellationToken cancellationToken)
        => new(connection.Client.PublishAsync(rendered.Message, cancellationToken));

    protected override AttemptOutcome Judge(AmqpConnection connection, RenderedAmqpMessage rendered, in AmqpPublishResult result)
    {
        if (result.Status == AmqpPublishStatus.Confirmed) return MakeOutcome(rendered, connection.Broker, null, result, null, result.Elapsed.TotalMilliseconds);
        var said = Said(connection, rendered, result.Status == AmqpPublishStatus.Blocked ? connection.Client.Status.BlockedReason : result.ReplyText);
        var why = result.Status is AmqpPublishStatus.NotConnected or AmqpPublishStatus.ConnectionLost ? connection.WhyNot : null;
        var failure = AmqpFailures.From(result, rendered.Prepared.Destination, rendered.Masker.MaskText(rendered.Message.RoutingKey), rendered.Prepared.Settings.RetryUnroutable, why, said);
        return MakeOutcome(rendered, connection.Broker, failure, result, said, result.Elapsed.TotalMilliseconds);
    }

    protected override AttemptOutcome Unanswered(RenderedAmqpMessage rendered, RuntimeAmqpBroker? broker, AmqpConnection? connection, AttemptFailure failure, double milliseconds)
        => MakeOutcome(rendered, broker, failure, null, null, milliseconds);

    protected override AttemptFailure TimedOut(AmqpConnection connection, RenderedAmqpMessage rendered)
    {
        var status = connection.Client.Status;
        return AmqpFailures.FromSilence(rendered.Prepared.Timeout, status.State == AmqpState.Blocked ? Said(connection, rendered, status.BlockedReason) ?? "it does not say why" : null);
    }

    protected override AttemptFailure? Classify(RenderedAmqpMessage rendered, Exception exception)
        => exception is AmqpMessageException message ? new(FailureKind.Configuration, AmqpFailures.MessageInvalid, rendered.Masker.MaskText(message.Message)) : null;

    protected override byte[] RequestOf(RenderedAmqpMessage rendered, RuntimeAmqpBroker? broker) => AmqpRecordWriter.Write(rendered, broker);

    private static AttemptOutcome MakeOutcome(RenderedAmqpMessage rendered, RuntimeAmqpBroker? broker, AttemptFailure? failure, in AmqpPublishResult? result, string? said, double milliseconds)
    {
        var where = $"{rendered.Prepared.Destination.Exchange} {rendered.Masker.MaskText(rendered.Message.RoutingKey)}".Trim();
        return new()
        {
            Failure = failure?.Kind,
            NothingSent = failure?.Code is AmqpFailures.BrokerUnreachable or AmqpFailures.BrokerDisabled || result?.Status == AmqpPublishStatus.Blocked,
            TargetIsWell = result?.Status is AmqpPublishStatus.Returned or AmqpPublishStatus.Refused or AmqpPublishStatus.ChannelClosed,
            Code = failure?.Code ?? AmqpFailures.Confirmed,
            Detail = failure?.Detail,
            RetryAfter = failure?.RetryAfter,
            Target = broker is null ? where : $"{AmqpRecordWriter.UrlOf(broker)} {where}",
            Request = AmqpRecordWriter.Write(rendered, broker),
            Response = AmqpRecordWriter.Write(result, said, milliseconds),
        };
    }

    [LoggerMessage(EventIds.AmqpAttemptUnforeseen, LogLevel.Error, "An AMQP attempt failed in a way that is not accounted for.")]
    protected override partial void LogUnforeseen(Exception exception);
}
