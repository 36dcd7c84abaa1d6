using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Amqp;

internal sealed class AmqpLogQueries(
    IDbContextFactory<TriggerConsoleDbContext> contexts, ExecutionQueries executions, TriggerDirectory triggers, AmqpBrokerDirectory brokers, AmqpExchangeDirectory exchanges, TimeProvider time)
    : MessageLogQueries<AmqpLogFilter, AmqpLogEntry>(TriggerKind.Amqp, contexts, executions, triggers, time)
{
    protected override bool LooksInside(AmqpLogFilter filter) => !string.IsNullOrWhiteSpace(filter.Q);

    protected override bool Matches(AmqpLogEntry entry, AmqpLogFilter filter) => Holds(entry.Exchange, filter.Q) || Holds(entry.Queue, filter.Q) || Holds(entry.RoutingKey, filter.Q);

    // Of a deleted trigger the exchange may be deleted too, and then nothing tells its broker any more
    protected override IEnumerable<IQueryable<Trigger>> LeadingTo(Guid brokerId, IQueryable<Trigger> triggers)
        => [triggers.Where(t => t.DeletedAt != null), Naming(brokerId, triggers), .. exchanges.Of(brokerId).Select(e => Naming(e.Id, triggers))];

    protected override AmqpLogEntry EntryOf(ExecutionView view, Attempt? last)
    {
        var request = Read(last?.Request, AmqpRecordJson.Default.RecordedAmqpRequest);
        var response = Read(last?.Response, AmqpRecordJson.Default.RecordedAmqpResponse);
        var brokerId = request?.BrokerId ?? (SettingsOf<AmqpTriggerSettings>(view) is { } settings ? AmqpDestination.Of(settings, exchanges).BrokerId : null);
        return new(view, last, brokerId, (brokerId is { } id ? brokers.Find(id)?.Name : null) ?? request?.Broker)
        {
            Exchange = request?.Exchange,
            Queue = request?.Queue,
            RoutingKey = request?.RoutingKey,
            Mandatory = request?.Mandatory,
            PayloadSize = request?.BodySize,
            Reply = response?.ReplyCode is { } code ? $"{code} {response.ReplyText}".TrimEnd() : response?.ReplyText,
        };
    }
}
