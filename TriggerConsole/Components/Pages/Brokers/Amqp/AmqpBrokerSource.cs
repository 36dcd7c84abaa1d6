using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>The AMQP brokers for lists of all brokers.</summary>
internal sealed class AmqpBrokerSource(AmqpBrokerDirectory directory, AmqpConnections connections) : IBrokerSource
{
    public TriggerKind Kind => TriggerKind.Amqp;

    public IEnumerable<BrokerRow> All => directory.All.Select(Row);

    private BrokerRow Row(RuntimeAmqpBroker broker)
    {
        var status = connections.StatusOf(broker.Id);
        return new(TriggerKind.Amqp, broker.Id, broker.Name, broker.Settings.Url, $"AMQP {AmqpConnection.ProtocolVersion}", broker.TargetKey, status);
    }
}
