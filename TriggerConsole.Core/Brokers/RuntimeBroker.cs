namespace TriggerConsole.Core.Brokers;

/// <summary>A broker as connections and triggers use it. Immutable; a change makes a new one.</summary>
internal abstract class RuntimeBroker(Guid id, string name, bool enabled)
{
    public Guid Id { get; } = id;

    public string Name { get; } = name;

    public bool Enabled { get; } = enabled;

    public abstract BrokerAddress Address { get; }

    /// <summary>Whoever counts by it (circuit breaker, readiness) means this broker: <c>mqtt:…</c> with its id.</summary>
    public abstract string TargetKey { get; }

    /// <summary>Two brokers with the same one can share a connection: the settings, secrets included, but not the name.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>The id in a target key; null when it is not one with this prefix.</summary>
    protected static Guid? IdOf(string targetKey, string prefix)
        => targetKey.StartsWith(prefix, StringComparison.Ordinal) && Guid.TryParse(targetKey.AsSpan(prefix.Length), out var id) ? id : null;
}
