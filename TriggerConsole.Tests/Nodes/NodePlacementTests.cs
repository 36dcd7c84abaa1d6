using Microsoft.Extensions.Options;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Nodes;

public sealed class NodePlacementTests
{
    private static readonly TriggerLimits s_oneAtATime = new() { MaxConcurrent = 1 };

    private readonly List<RuntimeTrigger> _limited = [.. Enumerable.Range(0, 300).Select(_ => EngineBench.Trigger(limits: s_oneAtATime))];

    [Fact]
    public void Limited_SeveralNodes_EachTriggerIsOnExactlyOneAndAllAgree()
    {
        var nodes = Make(NodeRole.All, NodeRole.Worker, NodeRole.Web, NodeRole.All);

        Assert.All(_limited, trigger => Assert.Equal(1, nodes.Count(n => n.IsHere(trigger))));
        Assert.DoesNotContain(_limited, trigger => nodes[2].IsHere(trigger)); // web
        foreach (var worker in (int[])[0, 1, 3]) Assert.InRange(_limited.Count(nodes[worker].IsHere), 60, 140);
    }

    [Fact]
    public void Limited_NodeGoes_OnlyItsTriggersMove()
    {
        var ids = Enumerable.Range(0, 3).Select(_ => Guid.NewGuid()).ToList();
        var before = Make(ids, NodeRole.All, NodeRole.All, NodeRole.All);
        var kept = _limited.Where(before[0].IsHere).ToList();

        var after = Make(ids.Take(2).ToList(), NodeRole.All, NodeRole.All);

        Assert.All(kept, trigger => Assert.True(after[0].IsHere(trigger)));
    }

    [Fact]
    public void Unlimited_RunsWhereverWorkIsDone()
    {
        var nodes = Make(NodeRole.All, NodeRole.Worker, NodeRole.Web);
        var trigger = EngineBench.Trigger();
        Assert.Equal([true, true, false], nodes.Select(n => n.IsHere(trigger)));
    }

    [Fact]
    public void Options_LeaseOfLessThanThreeHeartbeats_IsRefused()
    {
        var refused = new NodeOptionsRules().Validate(null, new() { Heartbeat = TimeSpan.FromSeconds(2), Lease = TimeSpan.FromSeconds(5) });
        Assert.Contains("Node:Lease (00:00:05)", refused.FailureMessage, StringComparison.Ordinal);
        Assert.True(new NodeOptionsRules().Validate(null, new()).Succeeded);
    }

    [Fact]
    public void Lease_NotRenewedInTime_StartsNothingMore()
    {
        var time = new ManualTimeProvider();
        var lease = new NodeLease(Options.Create(new NodeOptions()), time);
        Assert.True(lease.MayStart); // one node alone has none
        lease.Renew(time.GetTimestamp());
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(lease.MayStart);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(lease.MayStart);
        lease.Renew(time.GetTimestamp());
        Assert.True(lease.MayStart);
    }

    private static List<NodePlacement> Make(params NodeRole[] roles) => Make([.. roles.Select(_ => Guid.NewGuid())], roles);

    private static List<NodePlacement> Make(List<Guid> ids, params NodeRole[] roles)
    {
        var views = ids.Zip(roles, (id, role) => new NodeView(id, "n", null, 1, role, "1", Sample.Now, Sample.Now, 1, new())).ToList();
        return [.. ids.Zip(roles, (id, role) =>
        {
            var node = new ExecutionNode(TimeProvider.System);
            node.Become(id);
            var directory = new NodeDirectory();
            directory.Set(views, id);
            return new NodePlacement(node, directory, Options.Create(new NodeOptions { Role = role }), TimeProvider.System);
        })];
    }
}
