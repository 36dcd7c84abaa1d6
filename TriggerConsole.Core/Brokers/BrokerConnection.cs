using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Brokers;

/// <summary>The kept connection to one broker with one version of its settings.</summary>
internal abstract class BrokerConnection<TBroker>(TBroker broker, TimeProvider time) : IAsyncDisposable where TBroker : RuntimeBroker
{
    private static readonly TimeSpan s_drainStep = TimeSpan.FromMilliseconds(20);

    private readonly string _fingerprint = broker.Fingerprint;

    /// <summary>Its name may change while the connection stays.</summary>
    public TBroker Broker { get; set; } = broker;

    /// <summary>Takes out of the broker's words what only we and it should know.</summary>
    public abstract SecretMasker Masker { get; }

    /// <summary>Whether a message can be sent right now.</summary>
    public abstract bool IsConnected { get; }

    public abstract BrokerStatus Status { get; }

    /// <summary>Why there is no connection, in a sentence; null when that is not known.</summary>
    public string? WhyNot => Status.LastFailure?.Detail;

    /// <summary>Called with each change of state, one at a time.</summary>
    public Action<BrokerStatus> StatusChanged { get; set; } = static _ => { };

    /// <summary>Whether these settings are the ones it was made with; name aside.</summary>
    public bool Fits(TBroker broker) => broker.Fingerprint == _fingerprint;

    /// <summary>Connects, and stays connected in the background.</summary>
    public abstract void Start();

    /// <summary>Waits, within limits, for the acknowledgements that are still to come, and disconnects.</summary>
    public async Task CloseAsync(TimeSpan drain)
    {
        var start = time.GetTimestamp();
        while (IsConnected && Status.InFlight > 0 && time.GetElapsedTime(start) < drain) await Task.Delay(s_drainStep, time);
        await StopAsync();
        await DisposeAsync();
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task StopAsync();
}

/// <summary>Settings that no connection can be made with; the message says why.</summary>
internal sealed class BrokerSettingsException(string sentence, Exception inner) : Exception(sentence, inner);
