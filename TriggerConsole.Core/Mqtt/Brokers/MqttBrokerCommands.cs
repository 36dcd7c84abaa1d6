using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Mqtt.Brokers;

internal sealed class MqttBrokerCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, MqttBrokerRows rows, MqttBrokerDirectory directory, MqttBrokerValidator validator, BrokerUses uses,
    MqttConnections connections, TimeProvider time)
    : BrokerCommands<MqttBroker, MqttBrokerSettings, RuntimeMqttBroker, MqttBrokerInput, MqttBrokerView>("MQTT", contexts, rows, directory, validator, uses, time)
{
    private readonly BrokerUses _uses = uses;

    protected override MqttBrokerView View(MqttBroker row, MqttBrokerSettings settings)
        => MqttBrokerView.Of(row, settings, connections.StatusOf(row.Id), _uses.Of(RuntimeMqttBroker.KeyOf(row.Id)).Count);
}
