using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Mqtt.Brokers;

internal sealed class MqttBrokerRows(SecretProtector protector) : BrokerRows<MqttBroker, MqttBrokerSettings, RuntimeMqttBroker>(protector)
{
    public override DbSet<MqttBroker> In(TriggerConsoleDbContext context) => context.MqttBrokers;

    public override MqttBroker New(DateTimeOffset now) => new() { Id = Uuid7.New(now), Name = "", Settings = "", CreatedAt = now, UpdatedAt = now };

    public override RuntimeMqttBroker ToRuntime(MqttBroker row) => new(row.Id, row.Name, row.Enabled, Read(row));
}
