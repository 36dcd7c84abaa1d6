using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>The MQTT brokers for lists of all brokers.</summary>
internal sealed class MqttBrokerSource(MqttBrokerDirectory directory, MqttConnections connections) : IBrokerSource
{
    public TriggerKind Kind => TriggerKind.Mqtt;

    public IEnumerable<BrokerRow> All => directory.All.Select(Row);

    private BrokerRow Row(RuntimeMqttBroker broker)
    {
        var status = connections.StatusOf(broker.Id);
        return new(TriggerKind.Mqtt, broker.Id, broker.Name, broker.Settings.Url, MqttBrokerWords.Protocol(status.ProtocolVersion, broker.Settings.ProtocolVersion), broker.TargetKey, status);
    }
}
