using Microsoft.EntityFrameworkCore;
using Npgsql;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Nodes;

[Collection(nameof(PostgreSqlServer))]
public sealed class NodeStoreTests(PostgreSqlServer server) : IAsyncLifetime
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(15);

    private TestDatabase _database = null!;
    private PostgreSqlNodeStore _store = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.PostgreSqlAsync(server);
        _store = new(_database.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task Register_Several_GetTheSmallestFreeSlot()
    {
        var (a, b, c) = (Row(), Row(), Row());

        Assert.Equal((0, 1, 2), (await RegisterAsync(a), await RegisterAsync(b), await RegisterAsync(c)));
        await _store.RemoveAsync(b.Id, default);

        Assert.Equal(1, await RegisterAsync(Row()));
    }

    [Fact]
    public async Task Register_SlotItHad_IsKeptWhenItIsFree()
    {
        await RegisterAsync(Row());
        Assert.Equal(3, await RegisterAsync(Row(), 3));
        Assert.Equal(1, await RegisterAsync(Row(), 3));
    }

    [Fact]
    public async Task Beat_ShowsAllAndWhoIsSilent()
    {
        var (alive, silent) = (Row(), Row());
        await RegisterAsync(alive);
        await RegisterAsync(silent);
        await SilenceAsync(silent);

        var rows = await _store.BeatAsync(alive.Id, 7, new NodeState { Running = 3 }.Write(), s_lease, default);

        Assert.NotNull(rows);
        Assert.Equal([(alive.Id, true), (silent.Id, false)], rows.Select(r => (r.Node.Id, r.IsAlive)));
        Assert.Equal((7, 3), (rows[0].Node.Workers, NodeState.Read(rows[0].Node.State).Running));
    }

    [Fact]
    public async Task Beat_RowTakenAway_SaysThatTheLeaseIsLost()
    {
        Assert.Null(await _store.BeatAsync(Guid.NewGuid(), 1, "{}", s_lease, default));
    }

    [Fact]
    public async Task Rescue_SilentNode_GivesBackWhatItHeldAndNothingElse()
    {
        var (me, dead, other) = (Row(), Row(), Row());
        foreach (var row in (Node[])[me, dead, other]) await RegisterAsync(row);
        await SilenceAsync(dead);
        var (lost, kept, orphan) = (Accept(dead.Id), Accept(other.Id), Accept(Guid.NewGuid()));

        var rescue = await _store.RescueAsync(me.Id, [], s_lease, withOrphans: true, default);

        Assert.Equal([dead.Name], rescue.Nodes);
        Assert.Equal(2, rescue.Executions);
        Assert.Equivalent(new[] { lost.TriggerId, orphan.TriggerId }, rescue.Triggers.Select(t => (Guid?)t));
        await using var context = _database.CreateDbContext();
        var given = await context.Executions.SingleAsync(e => e.Id == lost.Id);
        Assert.Equal((null, 1), (given.OwnerId, given.Recoveries));
        Assert.Equal(other.Id, (await context.Executions.SingleAsync(e => e.Id == kept.Id)).OwnerId);
        Assert.All(await context.ExecutionActions.ToListAsync(), a => Assert.Equal((ExecutionActionKind.Recovered, me.Id), (a.Kind, a.NodeId!.Value)));
        Assert.Equal([me.Id, other.Id], (await _store.ListAsync(default)).Select(n => n.Id));
    }

    [Fact]
    public async Task Rescue_NodeKnownToBeGone_DoesNotWaitForItsLease()
    {
        var (me, gone) = (Row(), Row());
        await RegisterAsync(me);
        await RegisterAsync(gone);
        Accept(gone.Id);

        Assert.Equal(0, (await _store.RescueAsync(me.Id, [], s_lease, withOrphans: true, default)).Executions);
        Assert.Equal(1, (await _store.RescueAsync(me.Id, [gone.Id], s_lease, withOrphans: false, default)).Executions);
    }

    [Fact]
    public async Task Rescue_TwoAtOnce_EachExecutionIsGivenBackOnce()
    {
        var (me, dead) = (Row(), Row());
        await RegisterAsync(me);
        await RegisterAsync(dead);
        await SilenceAsync(dead);
        for (var i = 0; i < 50; i++) Accept(dead.Id);

        var rescues = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _store.RescueAsync(me.Id, [], s_lease, withOrphans: true, default))));

        Assert.Equal(50, rescues.Sum(r => r.Executions));
        await using var context = _database.CreateDbContext();
        Assert.All(await context.Executions.ToListAsync(), e => Assert.Equal(1, e.Recoveries));
    }

    [Fact]
    public async Task Waiting_NamesEachTriggerWithItsFirstDue()
    {
        var first = Accept(null);
        var held = Accept(Guid.NewGuid());
        using var store = _database.PostgreSqlStore();
        var stored = Sample.Event();
        var trigger = Guid.NewGuid();
        store.Write([new AcceptEntry(stored, [Sample.Execution(stored, trigger, 9, Sample.Now.AddHours(1)), Sample.Execution(stored, trigger, 1, Sample.Now.AddMinutes(1))])], []);

        var waiting = (await _store.WaitingAsync(default)).ToDictionary(w => w.Trigger, w => w.Due);

        Assert.Equal(2, waiting.Count);
        Assert.Equal(first.DueAt, waiting[first.TriggerId!.Value]);
        Assert.Equal(Sample.Now.AddMinutes(1), waiting[trigger]);
        Assert.DoesNotContain(held.TriggerId!.Value, waiting.Keys);
    }

    [Fact]
    public void Claim_Alone_WaitsUntilNoOtherNodeHoldsAny()
    {
        var (me, other) = (Guid.NewGuid(), Guid.NewGuid());
        using var store = _database.PostgreSqlStore();
        var stored = Sample.Event();
        var trigger = Guid.NewGuid();
        var held = Sample.Execution(stored, trigger, owner: other);
        store.Write([new AcceptEntry(stored, [held, Sample.Execution(stored, trigger)])], []);
        ClaimEntry Claim()
        {
            var claim = new ClaimEntry(trigger, me, 10, long.MaxValue, Sample.Now) { Alone = true };
            store.Write([claim], []);
            return claim;
        }

        var early = Claim();
        store.Write([Sample.Attempt(held, 1, ExecutionStatus.Succeeded)], []);
        var late = Claim();
        var gone = new ClaimEntry(trigger, other, 10, long.MaxValue, Sample.Now) { Alone = true };
        store.Write([gone], []);

        Assert.Equal((0, false, 1, true), (early.Claimed.Count, early.Exhausted, late.Claimed.Count, late.Exhausted));
        Assert.Equal((0, false), (gone.Claimed.Count, gone.Exhausted)); // nothing waits, but newcomers must not overtake what the other one holds
    }

    private static Node Row() => new()
    {
        Id = Sample.Id(),
        Name = $"node-{Guid.NewGuid():N}",
        ProcessId = 1,
        Role = "all",
        Version = "1",
        StartedAt = Sample.Now,
        HeartbeatAt = Sample.Now,
        Workers = 1,
    };

    private Task<int> RegisterAsync(Node row, int? preferred = null) => _store.RegisterAsync(row, new(), preferred, default);

    private Execution Accept(Guid? owner)
    {
        using var store = _database.PostgreSqlStore();
        var stored = Sample.Event();
        var execution = Sample.Execution(stored, owner: owner);
        store.Write([new AcceptEntry(stored, [execution])], []);
        return execution;
    }

    private async Task SilenceAsync(Node row)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("UPDATE nodes SET heartbeat_at = now() - interval '16 seconds' WHERE id = $1", connection) { Parameters = { new() { Value = row.Id } } };
        await command.ExecuteNonQueryAsync();
    }
}
