using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using TriggerConsole.Tests.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Faults;

/// <summary>Nodes of one PostgreSQL that are killed, stand still, or lose the database: nothing accepted is lost, and nothing is written twice.</summary>
[Collection(nameof(PostgreSqlServer))]
public sealed class NodeFaultTests(PostgreSqlServer server, ITestOutputHelper output)
{
    private const int Senders = 16;

    [Fact]
    public async Task Kill_TwoOfThreeNodesUnderLoad_LosesNothing()
    {
        const int Triggers = 6;
        const int Goal = 30_000;
        using var cluster = await Cluster.StartAsync(server, 3);
        await using var ledger = await Ledger.OpenAsync(cluster.Nodes, Triggers);
        await Eventually.TrueAsync(() => KnowsAsync(cluster, 2, Triggers), "the nodes to know the triggers");
        var watch = Stopwatch.StartNew();

        await ledger.LoadAndKillTwoOfThreeAsync(Senders, Goal);
        var accepted = watch.Elapsed;
        await ledger.BalanceAsync();

        var (arrived, duplicates) = ledger.Arrived;
        output.WriteLine($"{ledger.Answered} accepted in {accepted.TotalSeconds:0.0} s, {arrived} carried out in {watch.Elapsed.TotalSeconds:0.0} s, {duplicates} arrived twice; none lost.");
        Assert.True(ledger.Answered >= Goal);
        await cluster.AssertWrittenOnceAsync();
        Assert.Equal(0, await cluster.AskAsync<long>("SELECT count(*) FROM executions WHERE owner_id IS NOT NULL"));
        Assert.Equal(2, await cluster.AskAsync<long>("SELECT count(*) FROM nodes"));
    }

    [Fact]
    public async Task StandStill_LongerThanTheLease_IsTakenForDeadAndGoesOnAsANewNode()
    {
        using var cluster = await Cluster.StartAsync(server, 2, _ => new() { ["Node:Heartbeat"] = "00:00:00.5", ["Node:Lease"] = "00:00:03" });
        await using var ledger = await Ledger.OpenAsync(cluster.Nodes, 2);
        await Eventually.TrueAsync(() => KnowsAsync(cluster, 1, 2), "the other node to know the triggers");
        using var until = new CancellationTokenSource();
        var load = ledger.LoadAsync(Senders, until.Token);
        await ledger.ReachAsync(1000);
        var before = await IdOfAsync(cluster, 1);

        cluster.Signal(1, "STOP");
        await Eventually.TrueAsync(async () => await cluster.AskAsync<long>("SELECT count(*) FROM nodes") == 1, "the node to be taken for dead");
        var given = await cluster.AskAsync<long>("SELECT count(*) FROM execution_actions WHERE kind = 'Recovered'");
        cluster.Signal(1, "CONT");
        await Eventually.TrueAsync(async () => await cluster.AskAsync<long>("SELECT count(*) FROM nodes") == 2, "the node to come back");
        var goal = ledger.Answered + 1000;
        await ledger.ReachAsync(goal);
        await until.CancelAsync();
        await load;
        await ledger.BalanceAsync();

        Assert.NotEqual(before, await IdOfAsync(cluster, 1));
        await cluster.AssertWrittenOnceAsync();
        var (arrived, duplicates) = ledger.Arrived;
        output.WriteLine($"{given} executions given back; {arrived} carried out, {duplicates} arrived twice.");
    }

    [Fact]
    public async Task DatabaseAway_ForTwentySeconds_RefusesAndLosesNothing()
    {
        Needs.Program(PostgreSqlServer.BinDirectory, "PostgreSQL", "postgresql");
        var own = new PostgreSqlServer();
        await own.InitializeAsync();
        try
        {
            using var cluster = await Cluster.StartAsync(own, 2);
            await using var ledger = await Ledger.OpenAsync(cluster.Nodes, 2);
            await Eventually.TrueAsync(() => KnowsAsync(cluster, 1, 2), "the other node to know the triggers");
            using var until = new CancellationTokenSource();
            var load = ledger.LoadAsync(Senders, until.Token);
            await ledger.ReachAsync(500);

            await own.StopAsync();
            var watch = Stopwatch.StartNew();
            await Eventually.TrueAsync(() => ledger.Refused > 50, "senders to be told to come back");
            foreach (var node in cluster.Nodes)
            {
                using var refused = await ledger.TryAsync(node);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
                Assert.NotNull(refused.Headers.RetryAfter);
                using var ready = await node.Client.GetAsync("/health/ready");
                Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            }
            await Eventually.TrueAsync(() => watch.Elapsed > TimeSpan.FromSeconds(20), "20 seconds");
            await own.StartAsync();

            var goal = ledger.Answered + 500;
            await ledger.ReachAsync(goal);
            output.WriteLine($"Accepts again {watch.Elapsed.TotalSeconds - 20:0.0} s after the database came back; {ledger.Refused} were refused.");
            await until.CancelAsync();
            await load;
            await ledger.BalanceAsync();
            await cluster.AssertWrittenOnceAsync();
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    private static async Task<bool> KnowsAsync(Cluster cluster, int node, int triggers)
    {
        var list = await cluster.Nodes[node].Client.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/health");
        return list.GetProperty("triggers").GetInt32() >= triggers;
    }

    private static Task<Guid> IdOfAsync(Cluster cluster, int node) => cluster.AskAsync<Guid>($"SELECT id FROM nodes WHERE name = '{Cluster.NameOf(node)}'");
}
