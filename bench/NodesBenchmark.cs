using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Stores;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Bench;

/// <summary>The engine on PostgreSQL: one node, two nodes, the price of a claim, and of doing nothing.</summary>
internal static class NodesBenchmark
{
    public static async Task RunAsync()
    {
        await using var server = await PostgreSql.StartAsync();
        await ThroughputAsync(await server.CreateDatabaseAsync());
        await TwoNodesAsync(server);
        await ClaimsAsync(await server.CreateDatabaseAsync());
        await IdleAsync(await server.CreateDatabaseAsync());
    }

    private static async Task ThroughputAsync(string database)
    {
        Table.Heading("Engine on PostgreSQL, one node, no-op trigger", "callers", "finished", "CPU per event", "per commit");
        var kind = new NoopKind();
        await using var node = await NodeUnderTest.StartAsync(database, kind.Trigger());
        await node.LoadAsync(5_000, 32); // warm
        foreach (var callers in (int[])[1, 8, 32, 128])
        {
            var events = callers == 1 ? 1_000 : 20_000;
            var (goal, commits, cpu) = (kind.Count + events, node.Journal.Commits, Process.GetCurrentProcess().TotalProcessorTime);
            var watch = Stopwatch.StartNew();
            await node.LoadAsync(events, callers);
            while (kind.Count < goal || node.Journal.Waiting > 0 || node.Dispatcher.Figures.Held > 0) await Task.Delay(1);
            Table.Row($"{callers}", Table.PerSecond(events / watch.Elapsed.TotalSeconds), $"{(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / events:0} µs", $"{(double)events / (node.Journal.Commits - commits):0.0}");
        }
    }

    private static async Task TwoNodesAsync(PostgreSql server)
    {
        const int Events = 8_000;
        Table.Heading("Work that waits 50 ms a call, 64 at once on each node, all accepted by the first", "nodes", "finished", "on each", "vs one");
        var baseline = 0.0;
        foreach (var count in (int[])[1, 2])
        {
            var database = await server.CreateDatabaseAsync();
            var id = Guid.NewGuid();
            WaitingKind[] kinds = [.. Enumerable.Range(0, count).Select(_ => new WaitingKind())];
            var nodes = new List<NodeUnderTest>();
            foreach (var kind in kinds) nodes.Add(await NodeUnderTest.StartAsync(database, kind.Trigger(id)));
            while (nodes.Any(n => n.Directory.All.Count < count)) await Task.Delay(10);
            var watch = Stopwatch.StartNew();
            await nodes[0].LoadAsync(Events, 32);
            while (kinds.Sum(k => k.Count) < Events || nodes.Any(n => n.Dispatcher.Figures.Held > 0)) await Task.Delay(5);
            var rate = Events / watch.Elapsed.TotalSeconds;
            if (count == 1) baseline = rate;
            Table.Row($"{count}", Table.PerSecond(rate), string.Join(" + ", kinds.Select(k => Table.Number(k.Count))), Table.Ratio(rate / baseline));
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    private static async Task ClaimsAsync(string database)
    {
        const int Rows = 20_000;
        Table.Heading($"Claims from {Rows:N0} that wait", "at once", "per claim", "per execution");
        var trigger = new NoopKind().Trigger();
        await using var node = await NodeUnderTest.StartAsync(database, trigger);
        using var store = new PostgreSqlExecutionStore(database); // that of the node belongs to its journal
        var other = Guid.NewGuid(); // a trigger that no lane takes
        foreach (var limit in (int[])[1, 32, 256])
        {
            var now = TimeProvider.System.Now();
            for (var i = 0; i < Rows / 1000; i++)
            {
                store.Write([.. Enumerable.Range(0, 1000).Select(_ =>
                {
                    var stored = EngineUnderTest.Event(now);
                    return new AcceptEntry(stored, [new Execution { Id = Uuid7.New(now), EventId = stored.Id, TriggerId = other, Kind = TriggerKind.Http, Status = ExecutionStatus.Queued, Priority = 5, CreatedAt = now, DueAt = now }]);
                })], []);
            }
            var (claimed, claims, watch) = (0, 0, Stopwatch.StartNew());
            while (claimed < Math.Min(Rows, limit * 200))
            {
                var claim = new ClaimEntry(other, Guid.NewGuid(), limit, long.MaxValue, now);
                store.Write([claim], []);
                claimed += claim.Claimed.Count;
                claims++;
            }
            Table.Row($"{limit}", Table.Milliseconds(watch.Elapsed.TotalMilliseconds / claims), Table.Milliseconds(watch.Elapsed.TotalMilliseconds / claimed));
        }
    }

    private static async Task IdleAsync(string database)
    {
        var period = TimeSpan.FromSeconds(30);
        Table.Heading($"A node with nothing to do, for {period.TotalSeconds:0} s", "", "of a core");
        await using var node = await NodeUnderTest.StartAsync(database, new NoopKind().Trigger());
        await Task.Delay(TimeSpan.FromSeconds(5));
        GC.Collect();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        await Task.Delay(period);
        Table.Row("heartbeat, look into the table, keepalive", $"{(Process.GetCurrentProcess().TotalProcessorTime - cpu) / period:0.00 %}");
    }
}

/// <summary>One node as the program makes it, without the web server.</summary>
internal sealed class NodeUnderTest : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly RuntimeTrigger _trigger;

    private NodeUnderTest(IHost host, RuntimeTrigger trigger) => (_host, _trigger) = (host, trigger);

    public IServiceProvider Services => _host.Services;

    public ExecutionJournal Journal => Services.GetRequiredService<ExecutionJournal>();

    public Dispatcher Dispatcher => Services.GetRequiredService<Dispatcher>();

    public NodeDirectory Directory => Services.GetRequiredService<NodeDirectory>();

    public static async Task<NodeUnderTest> StartAsync(string database, RuntimeTrigger trigger)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration["Database:Provider"] = "PostgreSql";
        builder.Configuration["ConnectionStrings:TriggerConsole"] = database;
        builder.Logging.ClearProviders();
        builder.Services.AddTriggerConsole();
        var host = builder.Build();
        host.Services.GetRequiredService<TriggerDirectory>().Set(trigger);
        await host.StartAsync();
        host.Services.GetRequiredService<TriggerDirectory>().Set(trigger); // it is not in the database, so the start has taken it out
        return new(host, trigger);
    }

    /// <summary>Accepts so many events from so many callers at once; comes back when all are accepted.</summary>
    public Task LoadAsync(int events, int callers)
    {
        var acceptor = Services.GetRequiredService<ExecutionAcceptor>();
        var next = 0;
        return Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= events)
            {
                var now = TimeProvider.System.Now();
                var stored = EngineUnderTest.Event(now);
                var execution = EventRouter.CreateExecution(_trigger, stored.Id, now, now, 5);
                while (await acceptor.AcceptAsync(new(stored), isNew: true, [(_trigger, execution)]) is null) await Task.Delay(5);
            }
        })));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
