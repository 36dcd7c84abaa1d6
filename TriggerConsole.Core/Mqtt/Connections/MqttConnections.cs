using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt.Connections;

/// <summary>Makes clients: the real ones, or what a test puts in their place.</summary>
internal delegate IMqttClient CreateMqttClient(MqttClientOptions options);

internal sealed class MqttConnections(
    MqttBrokerDirectory directory, MqttClientOptionsFactory options, CreateMqttClient create, BrokerFeed feed, TimeProvider time, ILogger<MqttConnections> logger, ExecutionNode? node = null)
    : BrokerConnections<RuntimeMqttBroker, MqttConnection>(TriggerKind.Mqtt, directory, feed, time, logger)
{
    private readonly TimeProvider _time = time;

    protected override Guid? IdOf(string targetKey) => RuntimeMqttBroker.IdOf(targetKey);

    /// <summary>
    /// A broker throws out the older of two connections with the same client id, so each node beyond the first adds a number. It stays
    /// the same when the node is replaced, and with it the session that the broker keeps.
    /// </summary>
    internal static string ClientIdOf(string clientId, int slot) => clientId.Length == 0 || slot == 0 ? clientId : $"{clientId}-{slot + 1}";

    private MqttBrokerSettings Named(MqttBrokerSettings settings) => node is null ? settings : settings with { ClientId = ClientIdOf(settings.ClientId, node.Slot) };

    protected override MqttConnection Create(RuntimeMqttBroker broker)
    {
        try
        {
            return new(broker, create(options.Make(Named(broker.Settings), broker.Address)), _time);
        }
        catch (MqttArgumentException exception)
        {
            throw new BrokerSettingsException(exception.Sentence, exception);
        }
    }
}
