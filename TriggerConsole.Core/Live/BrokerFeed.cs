using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Live;

/// <summary>The connection to a broker changed its state.</summary>
public sealed record BrokerChanged(TriggerKind Kind, Guid BrokerId, BrokerStatus Status)
{
    /// <summary>The other node whose connection it is; null for this one.</summary>
    public string? Node { get; init; }
}

/// <summary>Tells our own pages and the hub that the connection to a broker came up, broke, or waits. Changes of state alone, never single messages.</summary>
public sealed class BrokerFeed
{
    private event Action<BrokerChanged>? Changed;

    /// <summary>Calls <paramref name="listener"/> with each change, on the connection's thread: it must only take note. Dispose the result to end it.</summary>
    public IDisposable OnChanged(Action<BrokerChanged> listener)
    {
        Changed += listener;
        return new Subscription(this, listener);
    }

    internal void Tell(BrokerChanged change) => Changed?.Invoke(change);

    private sealed class Subscription(BrokerFeed feed, Action<BrokerChanged> listener) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) feed.Changed -= listener;
        }
    }
}
