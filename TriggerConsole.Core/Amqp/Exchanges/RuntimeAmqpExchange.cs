using System.Collections.Concurrent;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>An exchange as connections and triggers use it. Immutable; a change makes a new one.</summary>
internal sealed record RuntimeAmqpExchange(Guid Id, Guid BrokerId, string Name, AmqpExchangeType Type, AmqpExchangeDefinition Definition, bool Declare);

/// <summary>All exchanges in memory: triggers look here and never ask the database.</summary>
internal sealed class AmqpExchangeDirectory
{
    private readonly ConcurrentDictionary<Guid, RuntimeAmqpExchange> _exchanges = new();

    public IEnumerable<RuntimeAmqpExchange> All => _exchanges.Values;

    public RuntimeAmqpExchange? Find(Guid id) => _exchanges.GetValueOrDefault(id);

    public IReadOnlyList<RuntimeAmqpExchange> Of(Guid brokerId) => [.. _exchanges.Values.Where(e => e.BrokerId == brokerId).OrderBy(e => e.Name, StringComparer.OrdinalIgnoreCase)];

    public void Set(RuntimeAmqpExchange exchange) => _exchanges[exchange.Id] = exchange;

    public void Remove(Guid id) => _exchanges.TryRemove(id, out _);
}
