using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>An MQTT broker that triggers publish to; its settings are <see cref="MqttBrokerSettings"/>.</summary>
public sealed class MqttBroker : StoredBroker;

internal sealed class MqttBrokerConfiguration() : StoredBrokerConfiguration<MqttBroker>("mqtt_brokers");
