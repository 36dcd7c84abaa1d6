using System.Numerics;

namespace TriggerConsole.Core.Mqtt.Client.Sessions;

/// <summary>
/// Packet identifiers in use, and what for. PUBLISH, SUBSCRIBE and UNSUBSCRIBE share one space [MQTT-2.2.1-3]; an identifier is
/// given again only when it is free, and 0 never. Identifiers go round, so that one just freed is not the next one given.
/// </summary>
internal sealed class ExchangeTable
{
    // As small as the window allows: an identifier's place is its lower bits, and one whose place is taken is passed over
    private readonly Exchange?[] _places;
    private readonly int _most;
    private ushort _last;

    /// <param name="most">How many can be held at once, up to 65,535.</param>
    public ExchangeTable(int most)
    {
        _most = Math.Min(most, ushort.MaxValue);
        _places = new Exchange?[BitOperations.RoundUpToPowerOf2((uint)_most + 1)];
    }

    public int Count { get; private set; }

    public Exchange? this[ushort id] => _places[id & (_places.Length - 1)] is { } exchange && exchange.PacketId == id ? exchange : null;

    /// <summary>False: all are in use.</summary>
    public bool TryAdd(Exchange exchange)
    {
        if (Count == _most) return false;
        do _last++;
        while (_last == 0 || _places[_last & (_places.Length - 1)] is not null);
        exchange.PacketId = _last;
        _places[_last & (_places.Length - 1)] = exchange;
        Count++;
        return true;
    }

    public void Remove(Exchange exchange)
    {
        if (this[exchange.PacketId] != exchange) return;
        _places[exchange.PacketId & (_places.Length - 1)] = null;
        Count--;
    }

    public List<RequestExchange> Requests() => [.. _places.OfType<RequestExchange>()];
}
