namespace TriggerConsole.Core.Nodes;

/// <summary>The nodes that live, this one included, as of the last heartbeat.</summary>
public sealed class NodeDirectory
{
    private volatile Snapshot _now = new([], false, false, false);

    /// <summary>Raised when a node came, went or changed its role; with whether one came. On the heartbeat's thread: must be quick.</summary>
    public event Action<bool>? Changed;

    /// <summary>The oldest first. Empty until the first heartbeat.</summary>
    public IReadOnlyList<NodeView> All => _now.Nodes;

    /// <summary>Whether anyone else is there to be told something.</summary>
    public bool HasOthers => _now.HasOthers;

    /// <summary>Whether another node runs executions.</summary>
    public bool HasOtherWorkers => _now.HasOtherWorkers;

    /// <summary>Whether anyone there runs executions.</summary>
    public bool HasWorkers => _now.HasWorkers;

    public NodeView? Find(Guid id)
    {
        foreach (var node in _now.Nodes)
            if (node.Id == id) return node;
        return null;
    }

    /// <summary>Takes over who lives now.</summary>
    internal void Set(IReadOnlyList<NodeView> nodes, Guid self)
    {
        var before = _now;
        _now = new([.. nodes.OrderBy(n => n.Id)], nodes.Any(n => n.Id != self), nodes.Any(n => n.Id != self && n.RunsWork), nodes.Any(n => n.RunsWork));
        var hasJoined = nodes.Any(n => before.Nodes.All(b => b.Id != n.Id));
        if (hasJoined || before.Nodes.Count != nodes.Count) Changed?.Invoke(hasJoined);
    }

    private sealed record Snapshot(IReadOnlyList<NodeView> Nodes, bool HasOthers, bool HasOtherWorkers, bool HasWorkers);
}
