using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp;

internal sealed class AmqpPublisher(AmqpBrokerDirectory brokers, AmqpExchangeDirectory exchanges, TriggerKinds kinds, TemplateRules rules, TriggerTester tester, TimeProvider time)
    : BrokerPublisher("/api/amqp/publish", tester, time)
{
    /// <param name="actor">Who asks: e-mail of the user or name of the API key.</param>
    public async Task<CommandResult<ExecutionDetails>> PublishAsync(AmqpPublishInput input, string? actor, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var payload = PublishedPayload.Read(input.Payload, input.PayloadBase64, input.Format, errors);
        var (settings, exchange) = Read(input, errors);
        var validator = new AmqpSettingsValidator(brokers, exchanges, rules, errors);
        if (exchange is null) validator.CheckDestination(settings);
        else validator.CheckBroker(settings.BrokerId);
        validator.CheckMessage(settings);
        if (errors.Any || payload is not { } ready) return new Refusal.Invalid(errors.All);
        var destination = exchange is null ? AmqpDestination.Of(settings, exchanges) : new(settings.BrokerId!.Value, exchange, null);
        var prepared = AmqpPreparedTrigger.Of(settings, destination, brokers.Find(destination.BrokerId)?.Name, rules);
        return await RunAsync(kinds.Find(TriggerKind.Amqp)!, prepared, ready, actor, cancellationToken);
    }

    /// <summary>The message as a trigger would have it; and the name of its exchange, when that is known to the broker alone.</summary>
    private (AmqpTriggerSettings Settings, string? Exchange) Read(AmqpPublishInput input, FieldErrors errors)
    {
        var settings = new AmqpTriggerSettings
        {
            ExchangeId = input.ExchangeId,
            BrokerId = input.BrokerId,
            Queue = input.Queue,
            RoutingKey = Literal(input.RoutingKey) ?? "",
            Mandatory = input.Mandatory ?? true,
            Persistent = input.Persistent ?? true,
            ContentType = Literal(input.ContentType),
            ContentEncoding = Literal(input.ContentEncoding),
            Priority = input.Priority,
            ExpirationMs = input.ExpirationMs,
            MessageId = Literal(input.MessageId),
            CorrelationId = Literal(input.CorrelationId),
            ReplyTo = Literal(input.ReplyTo),
            Type = Literal(input.Type),
            AppId = Literal(input.AppId),
            Headers = [.. (input.Headers ?? []).Select(h => h with { Value = Literal(h.Value) })],
            TimeoutSeconds = input.TimeoutSeconds ?? new AmqpTriggerSettings().TimeoutSeconds,
        };
        if (input.Exchange is not { } name) return (settings, null);
        if (input.ExchangeId is not null || input.Queue is not null)
        {
            errors.Add("exchange", "Give one of exchangeId, exchange and queue.");
            return (settings, null);
        }
        // The default exchange takes the routing key for the name of a queue
        if (name.Length == 0) return (settings with { Queue = input.RoutingKey ?? "", RoutingKey = "" }, null);
        if (input.BrokerId is { } broker && exchanges.Of(broker).FirstOrDefault(e => e.Name == name) is { } known) return (settings with { ExchangeId = known.Id }, null);
        if (AmqpNames.WhyNotName(name, "exchange") is { } why) errors.Add("exchange", why);
        return (settings, name);
    }
}
