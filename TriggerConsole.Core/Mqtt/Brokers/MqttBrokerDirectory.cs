using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Mqtt.Brokers;

internal sealed class MqttBrokerDirectory : BrokerDirectory<RuntimeMqttBroker>;
