using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Amqp.Brokers;

/// <summary>An AMQP broker that triggers publish to; its settings are <see cref="AmqpBrokerSettings"/>.</summary>
public sealed class AmqpBroker : StoredBroker;

internal sealed class AmqpBrokerConfiguration() : StoredBrokerConfiguration<AmqpBroker>("amqp_brokers");
