namespace TriggerConsole.Core.Mqtt.Client.Connections;

/// <summary>Topic aliases that we set (MQTT 5.0 section 3.3.2.3.4): for the first topics of a connection, never moved to others.</summary>
internal sealed class OutboundAliases(ushort maximum)
{
    // More would be memory for topics that may never come again
    private const int Most = 64;

    // A topic as short as this is not worth one
    private const int ShortTopic = 4;

    private readonly Dictionary<string, ushort> _aliases = new(StringComparer.Ordinal);
    private readonly int _maximum = Math.Min(maximum, (ushort)Most);

    /// <param name="isKnown">The broker has it already: the topic can be left out.</param>
    public bool TryGet(string topic, out ushort alias, out bool isKnown)
    {
        isKnown = _aliases.TryGetValue(topic, out alias);
        if (isKnown) return true;
        if (_aliases.Count >= _maximum || topic.Length <= ShortTopic) return false;
        alias = (ushort)(_aliases.Count + 1);
        _aliases.Add(topic, alias);
        return true;
    }

    /// <summary>The alias given last did not reach the broker.</summary>
    public void Forget(string topic) => _aliases.Remove(topic);
}
