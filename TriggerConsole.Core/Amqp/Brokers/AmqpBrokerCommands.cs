using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Amqp.Brokers;

internal sealed class AmqpBrokerCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, AmqpBrokerRows rows, AmqpBrokerDirectory directory, AmqpBrokerValidator validator, BrokerUses uses,
    AmqpConnections connections, AmqpExchangeDirectory exchanges, TimeProvider time)
    : BrokerCommands<AmqpBroker, AmqpBrokerSettings, RuntimeAmqpBroker, AmqpBrokerInput, AmqpBrokerView>("AMQP", contexts, rows, directory, validator, uses, time)
{
    private readonly BrokerUses _uses = uses;

    protected override AmqpBrokerView View(AmqpBroker row, AmqpBrokerSettings settings)
        => AmqpBrokerView.Of(row, settings, connections.StatusOf(row.Id), _uses.Of(RuntimeAmqpBroker.KeyOf(row.Id)).Count, exchanges.Of(row.Id).Count);

    protected override async Task<string?> WhyKeptAsync(TriggerConsoleDbContext context, AmqpBroker row, CancellationToken cancellationToken)
        => await context.AmqpExchanges.CountAsync(e => e.BrokerId == row.Id, cancellationToken) is var count and > 0
            ? $"The broker {row.Name} has {(count == 1 ? "an exchange" : $"{count} exchanges")} here. Delete {(count == 1 ? "it" : "them")} first."
            : null;
}
