using System.Collections.Concurrent;

namespace TriggerConsole.Core.Brokers;

/// <summary>All brokers of one kind in memory: triggers and connections look here and never ask the database.</summary>
internal abstract class BrokerDirectory<TBroker> where TBroker : RuntimeBroker
{
    private readonly ConcurrentDictionary<Guid, TBroker> _brokers = new();

    /// <summary>Raised after a broker was made, changed or deleted; null with its id when it was deleted.</summary>
    public event Action<Guid, TBroker?>? Changed;

    public IEnumerable<TBroker> All => _brokers.Values;

    public TBroker? Find(Guid id) => _brokers.GetValueOrDefault(id);

    public void Set(TBroker broker)
    {
        _brokers[broker.Id] = broker;
        Changed?.Invoke(broker.Id, broker);
    }

    public void Remove(Guid id)
    {
        if (_brokers.TryRemove(id, out _)) Changed?.Invoke(id, null);
    }
}
