using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt.Connections;

/// <summary>Makes clients: the real ones, or what a test puts in their place.</summary>
internal delegate IMqttClient CreateMqttClient(MqttClientOptions options);

internal sealed class MqttConnections(
    MqttBrokerDirectory directory, MqttClientOptionsFactory options, CreateMqttClient create, BrokerFeed feed, TimeProvider time, ILogger<MqttConnections> logger)
    : BrokerConnections<RuntimeMqttBroker, MqttConnection>(TriggerKind.Mqtt, directory, feed, time, logger)
{
    private readonly TimeProvider _time = time;

    protected override Guid? IdOf(string targetKey) => RuntimeMqttBroker.IdOf(targetKey);

    protected override MqttConnection Create(RuntimeMqttBroker broker)
    {
        try
        {
            return new(broker, create(options.Make(broker.Settings, broker.Address)), _time);
        }
        catch (MqttArgumentException exception)
        {
            throw new BrokerSettingsException(exception.Sentence, exception);
        }
    }
}
