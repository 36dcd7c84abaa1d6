using System.Collections.Concurrent;

namespace TriggerConsole.Core.Callbacks;

/// <summary>All callbacks in memory: the ingress reads them here and never asks the database.</summary>
public sealed class CallbackDirectory
{
    private readonly ConcurrentDictionary<Guid, Callback> _byId = new();
    private readonly ConcurrentDictionary<string, Callback> _byPath = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<Callback> All => _byId.Values;

    public Callback? Find(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>Looks a custom path up; slashes at the ends and case do not count.</summary>
    public Callback? FindPath(string path) => _byPath.GetValueOrDefault(path.Trim('/'));

    /// <summary>Takes over a new or changed callback. The instance must not be changed afterwards.</summary>
    public void Set(Callback callback)
    {
        var before = Find(callback.Id);
        // Another node has changed it again, and was heard before our own change came here
        if (before?.Version > callback.Version) return;
        _byId[callback.Id] = callback;
        if (before?.Path is { } old && !string.Equals(old, callback.Path, StringComparison.OrdinalIgnoreCase)) _byPath.TryRemove(old, out _);
        if (callback.Path is { } path) _byPath[path] = callback;
    }

    public void Remove(Guid id)
    {
        if (_byId.TryRemove(id, out var callback) && callback.Path is { } path) _byPath.TryRemove(path, out _);
    }
}
