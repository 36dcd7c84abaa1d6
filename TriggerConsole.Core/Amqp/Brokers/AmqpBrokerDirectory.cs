using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Amqp.Brokers;

internal sealed class AmqpBrokerDirectory : BrokerDirectory<RuntimeAmqpBroker>;
