using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Amqp.Brokers;

internal sealed class AmqpBrokerRows(SecretProtector protector) : BrokerRows<AmqpBroker, AmqpBrokerSettings, RuntimeAmqpBroker>(protector)
{
    public override DbSet<AmqpBroker> In(TriggerConsoleDbContext context) => context.AmqpBrokers;

    public override AmqpBroker New(DateTimeOffset now) => new() { Id = Uuid7.New(now), Name = "", Settings = "", CreatedAt = now, UpdatedAt = now };

    public override RuntimeAmqpBroker ToRuntime(AmqpBroker row) => new(row.Id, row.Name, row.Enabled, Read(row));
}
