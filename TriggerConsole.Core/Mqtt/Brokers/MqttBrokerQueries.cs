using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Mqtt.Brokers;

internal sealed class MqttBrokerQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, MqttBrokerRows rows, BrokerUses uses, MqttConnections connections)
    : BrokerQueries<MqttBroker, MqttBrokerSettings, RuntimeMqttBroker, MqttBrokerView>(contexts, rows)
{
    protected override MqttBrokerView View(MqttBroker row, MqttBrokerSettings settings)
        => MqttBrokerView.Of(row, settings, connections.StatusOf(row.Id), uses.Of(RuntimeMqttBroker.KeyOf(row.Id)).Count);
}
