namespace TriggerConsole.Core.Executions.Transport;

/// <summary>Whether ready executions travel through a queue right now. The dispatcher asks here and gives here; what carries them stands behind it.</summary>
internal sealed class TransportGate
{
    private volatile bool _isUp;
    private long _lastDelivery;

    /// <summary>The queue takes and brings executions.</summary>
    public bool IsUp => _isUp;

    /// <summary>Raised after <see cref="IsUp"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>Timestamp of the last execution that came through the queue.</summary>
    public long LastDelivery => Volatile.Read(ref _lastDelivery);

    public void Set(bool isUp)
    {
        if (_isUp == isUp) return;
        _isUp = isUp;
        Changed?.Invoke();
    }

    public void NoteDelivery(long timestamp) => Volatile.Write(ref _lastDelivery, timestamp);
}

/// <summary>An execution as it comes out of the queue. Acknowledged when its end, or its way back to the table, is on disk.</summary>
internal interface IDelivery
{
    Guid ExecutionId { get; }

    Guid TriggerId { get; }

    /// <summary>It is off the queue's hands. Must be quick; may be called more than once.</summary>
    void Done();

    /// <summary>It could not be looked at now: the queue keeps it for another node, or for later.</summary>
    void Return();
}
