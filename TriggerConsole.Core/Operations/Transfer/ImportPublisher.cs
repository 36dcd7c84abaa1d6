using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling.Engine;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>Puts what an import has saved into use, in the order in which one needs the other.</summary>
internal sealed class ImportPublisher(
    IDbContextFactory<TriggerConsoleDbContext> contexts, CallbackDirectory callbacks, MqttBrokerRows mqttRows, MqttBrokerDirectory mqttBrokers, AmqpBrokerRows amqpRows,
    AmqpBrokerDirectory amqpBrokers, AmqpExchangeDirectory exchanges, AmqpConnections connections, AmqpTopology topology, TriggerLoader triggers, ScheduleEngine schedules)
{
    public async Task PublishAsync(ILookup<string, Guid> touched, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var row in (await context.MqttBrokers.AsNoTracking().ToListAsync(cancellationToken)).Where(b => touched["mqttBrokers"].Contains(b.Id))) mqttBrokers.Set(mqttRows.ToRuntime(row));
        foreach (var row in (await context.AmqpExchanges.AsNoTracking().ToListAsync(cancellationToken)).Where(e => touched["amqpExchanges"].Contains(e.Id))) exchanges.Set(AmqpExchangeRules.ToRuntime(row));
        foreach (var row in (await context.AmqpBrokers.AsNoTracking().ToListAsync(cancellationToken)).Where(b => touched["amqpBrokers"].Contains(b.Id))) amqpBrokers.Set(amqpRows.ToRuntime(row));
        foreach (var row in (await context.Triggers.AsNoTracking().Where(t => t.DeletedAt == null).ToListAsync(cancellationToken)).Where(t => touched["triggers"].Contains(t.Id))) triggers.Publish(row);
        foreach (var row in (await context.Callbacks.AsNoTracking().Where(c => c.DeletedAt == null).ToListAsync(cancellationToken)).Where(c => touched["callbacks"].Contains(c.Id))) callbacks.Set(row);
        foreach (var id in touched["schedules"]) await schedules.SyncAsync(id, cancellationToken);
        var bound = (await context.AmqpBindings.AsNoTracking().ToListAsync(cancellationToken)).Where(b => touched["amqpBindings"].Contains(b.Id)).Select(b => b.ExchangeId);
        foreach (var brokerId in touched["amqpExchanges"].Union(bound).Select(id => exchanges.Find(id)?.BrokerId).OfType<Guid>().Distinct().ToList()) _ = SettleAsync(brokerId);
    }

    // At a broker that is away, or is connected to anew, they are made when it comes up
    private async Task SettleAsync(Guid brokerId)
    {
        if (amqpBrokers.Find(brokerId) is { } broker && connections.Find(brokerId) is { IsPrepared: true } connection)
            await topology.RestoreAsync(connection.Client, broker, connection.Masker);
    }
}
