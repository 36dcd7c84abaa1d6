using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Nodes;

/// <summary>What a node does.</summary>
public enum NodeRole
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>Takes events in, serves pages and API; runs no executions and keeps no connections to brokers.</summary>
    Web,

    /// <summary>Runs executions and keeps connections to brokers; of HTTP it answers health and metrics alone.</summary>
    Worker,
}

/// <summary>This node among those that share a database, section <c>Node</c>.</summary>
public sealed class NodeOptions
{
    public const string SectionName = "Node";

    /// <summary>What people call it. Default: name of the machine and number of the process.</summary>
    [MaxLength(Node.MaxNameLength)] public string? Name { get; set; }

    /// <summary><c>All</c> (default), <c>Web</c> or <c>Worker</c>. Anything but <c>All</c> needs a database that several nodes can share.</summary>
    public NodeRole Role { get; set; } = NodeRole.All;

    /// <summary>How often the node says that it is alive. Default: 3 s.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>A node that has been silent for so long is taken for dead, and others take its work over. At least three heartbeats. Default: 15 s.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>A node that could not say that it is alive for so long begins nothing new: others may take its work over soon.</summary>
    internal TimeSpan SafeWithin => Lease - Heartbeat;
}

[OptionsValidator]
internal sealed partial class NodeOptionsValidator : IValidateOptions<NodeOptions>;

/// <summary>What attributes cannot say.</summary>
internal sealed class NodeOptionsRules : IValidateOptions<NodeOptions>
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_longestLease = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, NodeOptions options)
    {
        var faults = new List<string>();
        if (options.Heartbeat < s_shortest || options.Heartbeat > s_longest) faults.Add($"Node:Heartbeat ({options.Heartbeat}) must be from {s_shortest} to {s_longest}.");
        if (options.Lease < 3 * options.Heartbeat) faults.Add($"Node:Lease ({options.Lease}) must be at least three times Node:Heartbeat ({options.Heartbeat}), so that one late heartbeat costs no work.");
        if (options.Lease > s_longestLease) faults.Add($"Node:Lease ({options.Lease}) must be at most {s_longestLease}.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
