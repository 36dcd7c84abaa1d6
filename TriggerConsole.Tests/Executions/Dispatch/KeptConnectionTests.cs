using System.Collections.Concurrent;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Executions.Dispatch;

/// <summary>Targets that a kind keeps a connection to: while it is away executions wait, in order, and use no attempt.</summary>
public sealed class KeptConnectionTests
{
    private const string Target = "mqtt:1";

    private readonly Link _link = new();
    private readonly ConcurrentQueue<Guid> _sent = new();

    [Fact]
    public async Task Disconnected_Accepted_WaitsAndGoesOutInOrderWhenBack()
    {
        await using var bench = await EngineBench.StartAsync();
        var trigger = bench.AddTrigger(SendAsync, target: Target, connections: _link);
        var other = bench.AddTrigger();
        var ids = new List<Guid>();
        for (var i = 0; i < 500; i++) ids.Add((await bench.AcceptAsync(trigger))!.Value);
        await bench.WaitForAsync((await bench.AcceptAsync(other))!.Value, ExecutionStatus.Succeeded);
        Assert.Empty(_sent);

        _link.Connect();
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 501);

        Assert.Equal(ids, _sent);
        Assert.Equal(1, (await bench.RowAsync(ids[0])).Attempts);
    }

    [Fact]
    public async Task Disconnected_MoreThanMemoryHolds_GoesOutInOrderWhenBack()
    {
        await using var bench = await EngineBench.StartAsync(new() { MemoryWindow = 64 });
        var trigger = bench.AddTrigger(SendAsync, target: Target, connections: _link);
        var ids = new List<Guid>();
        for (var i = 0; i < 300; i++) ids.Add((await bench.AcceptAsync(trigger))!.Value);

        _link.Connect();
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 300);

        Assert.Equal(ids, _sent);
    }

    [Fact]
    public async Task ConnectionGoesWhileSending_NothingSent_GoesBackToItsPlaceWithoutAnAttempt()
    {
        await using var bench = await EngineBench.StartAsync();
        _link.Connect();
        var trigger = bench.AddTrigger((context, cancellation) =>
        {
            if (_sent.Count == 100) _link.Disconnect();
            return SendAsync(context, cancellation);
        }, new RetryPolicy { MaxAttempts = 1 }, target: Target, connections: _link);
        var ids = new List<Guid>();
        for (var i = 0; i < 200; i++) ids.Add((await bench.AcceptAsync(trigger))!.Value);
        await Eventually.TrueAsync(() => bench.Dispatcher.Figures.Running == 0 && _sent.Count == 100, "the rest to wait");

        // The hundredth is passed now, so the script leaves the connection alone
        _sent.Enqueue(Guid.Empty);
        _link.Connect();
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 200);

        Assert.Equal(ids, _sent.Where(id => id != Guid.Empty));
        foreach (var id in ids) Assert.Equal((1, 0), ((await bench.RowAsync(id)).Attempts, (await bench.RowAsync(id)).Recoveries));
    }

    [Fact]
    public async Task NothingSent_ConnectionThereAllTheSame_CountsAsAnAttempt()
    {
        await using var bench = await EngineBench.StartAsync();
        _link.Connect();
        var trigger = bench.AddTrigger((_, _) => Task.FromResult(Away), target: Target, connections: _link);

        var row = await bench.WaitForAsync((await bench.AcceptAsync(trigger))!.Value, ExecutionStatus.DeadLettered);

        Assert.Equal((1, Away.Code), (row.Attempts, row.LastCode));
    }

    [Fact]
    public async Task CircuitOpen_ConnectionComesBack_GoesOnAtOnce()
    {
        var time = new ManualTimeProvider();
        await using var bench = await EngineBench.StartAsync(time: time);
        _link.Connect();
        var fails = true;
        var trigger = bench.AddTrigger((context, cancellation) => fails ? Task.FromResult(Outcome.Fail(FailureKind.Unavailable)) : SendAsync(context, cancellation), target: Target, connections: _link);
        for (var i = 0; i < 40; i++) await bench.AcceptAsync(trigger);
        await Eventually.TrueAsync(() => bench.Dispatcher.OpenCircuits.Count == 1, "the circuit to open");
        var last = await bench.AcceptAsync(trigger);
        fails = false;

        _link.Disconnect();
        _link.Connect();

        await bench.WaitForAsync(last!.Value, ExecutionStatus.Succeeded);
        Assert.Empty(bench.Dispatcher.OpenCircuits);
    }

    [Fact]
    public async Task Disconnected_Stop_LeavesAllForTheNextStart()
    {
        using var database = TestDatabase.Sqlite();
        var bench = await EngineBench.StartAsync(database: database);
        var trigger = bench.AddTrigger(SendAsync, target: Target, connections: _link);
        for (var i = 0; i < 50; i++) await bench.AcceptAsync(trigger);
        await bench.DisposeAsync();

        _link.Connect();
        await using var next = await EngineBench.StartAsync(database: database, triggers: trigger);

        await next.WaitForCountAsync(ExecutionStatus.Succeeded, 50);
        Assert.Equal(50, _sent.Count);
    }

    private static AttemptOutcome Away { get; } = new() { Failure = FailureKind.Unavailable, Code = "broker_unreachable", Detail = "The broker is away.", NothingSent = true };

    private async Task<AttemptOutcome> SendAsync(AttemptContext context, CancellationToken cancellationToken)
    {
        if (!_link.IsConnected(Target)) return Away;
        _sent.Enqueue(context.ExecutionId);
        await Task.Yield();
        return Outcome.Ok;
    }

    private sealed class Link : ITargetConnections
    {
        private volatile bool _connected;

        public event Action<string>? Connected;

        public bool IsConnected(string targetKey) => targetKey == Target && _connected;

        public void Connect()
        {
            _connected = true;
            Connected?.Invoke(Target);
        }

        public void Disconnect() => _connected = false;
    }
}
