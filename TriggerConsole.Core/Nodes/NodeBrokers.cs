using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Nodes;

/// <summary>What the connections of all nodes to brokers do: from their last heartbeats, and at once when one changes.</summary>
internal sealed class NodeBrokers(IEnumerable<IBrokerStatuses> kinds, NodeDirectory nodes, NodePlacement placement, BrokerFeed feed)
{
    private readonly IReadOnlyList<IBrokerStatuses> _kinds = [.. kinds];

    /// <summary>Comes before connections are made.</summary>
    public void Start()
    {
        foreach (var kind in _kinds)
        {
            kind.KeepsNone = !placement.RunsWork;
            kind.Elsewhere = id => Of(kind.Kind, id);
        }
    }

    /// <summary>What this node reports of itself.</summary>
    public IReadOnlyList<NodeBroker> Report() => [.. _kinds.SelectMany(k => k.Report())];

    /// <summary>Tells pages and hub what has changed at other nodes since the last look.</summary>
    public void Compare(IReadOnlyList<NodeView> before, IReadOnlyList<NodeView> now, Guid self)
    {
        foreach (var node in now.Where(n => n.Id != self))
        {
            var known = before.FirstOrDefault(n => n.Id == node.Id)?.State.Brokers ?? [];
            foreach (var broker in node.State.Brokers.Except(known))
                feed.Tell(new(broker.Kind, broker.BrokerId, new() { State = broker.State, ConnectedSince = broker.Since, LastFailure = broker.Problem is { } problem ? new("away", problem) : null }) { Node = node.Name });
        }
    }

    private IReadOnlyList<NodeBrokerStatus> Of(TriggerKind kind, Guid broker)
    {
        if (!nodes.HasOthers) return [];
        return [.. from node in nodes.All
                   where node.RunsWork
                   let status = node.State.Brokers.FirstOrDefault(b => b.Kind == kind && b.BrokerId == broker)
                   select new NodeBrokerStatus(node.Id, node.Name, status?.State ?? BrokerState.Stopped, status?.Since, status?.Problem)];
    }
}
