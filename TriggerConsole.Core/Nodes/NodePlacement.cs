using System.Buffers.Binary;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Nodes;

/// <summary>
/// Which trigger runs on which node. Most run on all at once. Those that have a limit, or an order to keep, run on one of the nodes,
/// so that the limit is kept in all: each node works out which, from who lives, and all come to the same answer (rendezvous hashing,
/// Thaler and Ravishankar 1998); when a node goes, only its own move.
/// </summary>
internal sealed class NodePlacement(ExecutionNode node, NodeDirectory directory, IOptions<NodeOptions> options, TimeProvider time)
{
    private readonly bool _runsWork = options.Value.Role != NodeRole.Web;

    // A node that came takes over what another one had, which learns of it by message, or by its own next heartbeat
    private readonly TimeSpan _settle = options.Value.Heartbeat * 1.5;

    /// <summary>Whether this node runs executions at all.</summary>
    public bool RunsWork => _runsWork;

    /// <summary>Whether another node runs what this one leaves in the table.</summary>
    public bool IsShared => directory.HasOtherWorkers;

    /// <summary>Nothing that moved is begun before: the node that had it may not know yet.</summary>
    public DateTimeOffset SettledAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Whether its executions run on one node at a time.</summary>
    public static bool IsExclusive(RuntimeTrigger trigger)
        => trigger.Limits.MaxConcurrent is not null || trigger.Limits.RatePerSecond is not null || trigger.Kind.KeepsOrder;

    /// <summary>Whether executions of this trigger run here.</summary>
    public bool IsHere(RuntimeTrigger trigger) => _runsWork && (!directory.HasOtherWorkers || !IsExclusive(trigger) || OwnerOf(trigger.Id) == node.Id);

    /// <summary>Whether this node does what one of all must do now and then, such as clean the history.</summary>
    public bool IsFirst => directory.All is not { Count: > 0 } all || all[0].Id == node.Id;

    /// <summary>Who lives has changed.</summary>
    public void Note(bool hasJoined)
    {
        if (hasJoined && directory.HasOtherWorkers) SettledAt = time.GetUtcNow() + _settle;
    }

    private Guid OwnerOf(Guid trigger)
    {
        var (owner, highest) = (node.Id, 0UL);
        foreach (var candidate in directory.All)
        {
            if (!candidate.RunsWork) continue;
            var weight = Weight(trigger, candidate.Id);
            if (weight > highest) (owner, highest) = (candidate.Id, weight);
        }
        return owner;
    }

    /// <summary>The same on every machine and version: two 64-bit mixes (splitmix64) over both ids.</summary>
    internal static ulong Weight(Guid trigger, Guid node)
    {
        Span<byte> bytes = stackalloc byte[32];
        trigger.TryWriteBytes(bytes);
        node.TryWriteBytes(bytes[16..]);
        var hash = 0UL;
        for (var i = 0; i < bytes.Length; i += sizeof(ulong))
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..])) + 0x9E3779B97F4A7C15UL;
            hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
            hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
            hash ^= hash >> 31;
        }
        return hash;
    }
}
