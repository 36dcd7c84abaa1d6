using System.Collections.Concurrent;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>All brokers in memory: triggers and connections look here and never ask the database.</summary>
internal sealed class MqttBrokerDirectory
{
    private readonly ConcurrentDictionary<Guid, RuntimeMqttBroker> _brokers = new();

    /// <summary>Raised after a broker was made, changed or deleted; null with its id when it was deleted.</summary>
    public event Action<Guid, RuntimeMqttBroker?>? Changed;

    public IEnumerable<RuntimeMqttBroker> All => _brokers.Values;

    public RuntimeMqttBroker? Find(Guid id) => _brokers.GetValueOrDefault(id);

    public void Set(RuntimeMqttBroker broker)
    {
        _brokers[broker.Id] = broker;
        Changed?.Invoke(broker.Id, broker);
    }

    public void Remove(Guid id)
    {
        if (_brokers.TryRemove(id, out _)) Changed?.Invoke(id, null);
    }
}
