using Microsoft.Extensions.Options;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Nodes;

namespace TriggerConsole.Core.Jobs;

/// <summary>How a node is.</summary>
public enum NodeHealth
{
    /// <summary>Its heartbeat is fresh.</summary>
    Ok,

    /// <summary>A heartbeat or two are missing.</summary>
    Late,

    /// <summary>Not heard of for so long that others take over what it holds.</summary>
    Lost,
}

/// <summary>Judges nodes by their heartbeat.</summary>
internal sealed class NodeHealths(ExecutionNode self, IOptions<NodeOptions> options)
{
    /// <summary>Two heartbeats are missing.</summary>
    public TimeSpan LateAfter => 3 * options.Value.Heartbeat;

    public TimeSpan LostAfter => options.Value.Lease;

    public Guid Self => self.Id;

    public NodeHealth Of(DateTimeOffset heartbeat, DateTimeOffset now) => (now - heartbeat) switch
    {
        var silence when silence > LostAfter => NodeHealth.Lost,
        var silence when silence > LateAfter => NodeHealth.Late,
        _ => NodeHealth.Ok,
    };

    /// <summary>Whether what it holds is in good hands. This process is: it answers.</summary>
    /// <param name="node">Its row; null when there is none.</param>
    public bool IsWell(Guid id, Node? node, DateTimeOffset now) => id == self.Id || node is not null && Of(node.HeartbeatAt, now) != NodeHealth.Lost;
}
