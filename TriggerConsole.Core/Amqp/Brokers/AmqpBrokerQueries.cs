using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Amqp.Brokers;

internal sealed class AmqpBrokerQueries(
    IDbContextFactory<TriggerConsoleDbContext> contexts, AmqpBrokerRows rows, BrokerUses uses, AmqpConnections connections, AmqpExchangeDirectory exchanges)
    : BrokerQueries<AmqpBroker, AmqpBrokerSettings, RuntimeAmqpBroker, AmqpBrokerView>(contexts, rows)
{
    protected override AmqpBrokerView View(AmqpBroker row, AmqpBrokerSettings settings)
        => AmqpBrokerView.Of(row, settings, connections.StatusOf(row.Id), uses.Of(RuntimeAmqpBroker.KeyOf(row.Id)).Count, exchanges.Of(row.Id).Count);
}
