using System.Collections.Concurrent;

namespace TriggerConsole.Core.Triggers;

/// <summary>
/// All triggers in memory, ready to run: the hot path reads them here and never asks the database. The trigger loader
/// fills it at start and after each change.
/// </summary>
public sealed class TriggerDirectory
{
    private readonly ConcurrentDictionary<Guid, RuntimeTrigger> _triggers = new();
    private readonly ConcurrentDictionary<Guid, RuntimeTrigger[]> _byCallback = new();
    private readonly Lock _gate = new();

    /// <summary>Raised after a trigger was made or changed.</summary>
    public event Action<RuntimeTrigger>? Changed;

    public IEnumerable<RuntimeTrigger> All => _triggers.Values;

    public RuntimeTrigger? Find(Guid id) => _triggers.GetValueOrDefault(id);

    /// <summary>The triggers of a callback, the oldest first.</summary>
    public IReadOnlyList<RuntimeTrigger> OfCallback(Guid callbackId) => _byCallback.GetValueOrDefault(callbackId) ?? [];

    public void Set(RuntimeTrigger trigger)
    {
        lock (_gate)
        {
            var before = Find(trigger.Id);
            // Another node has changed it again, and was heard before our own change came here
            if (before?.Version > trigger.Version) return;
            _triggers[trigger.Id] = trigger;
            if (before?.CallbackId is { } old && old != trigger.CallbackId) Rebuild(old);
            if (trigger.CallbackId is { } callback) Rebuild(callback);
        }
        Changed?.Invoke(trigger);
    }

    public void Remove(Guid id)
    {
        lock (_gate)
        {
            if (_triggers.TryRemove(id, out var trigger) && trigger.CallbackId is { } callback) Rebuild(callback);
        }
    }

    private void Rebuild(Guid callbackId)
        => _byCallback[callbackId] = [.. _triggers.Values.Where(t => t.CallbackId == callbackId).OrderBy(t => t.Id)];
}
