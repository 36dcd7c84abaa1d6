using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Executions.Journal;

public sealed class ExecutionJournalTests : IAsyncLifetime
{
    private FaultyStore _store = null!;
    private EngineBench _bench = null!;

    public Task InitializeAsync() => StartAsync(new());

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    private async Task StartAsync(ExecutionOptions options)
        => _bench = await EngineBench.StartAsync(options, wrap: store => _store = new(store));

    [Fact]
    public async Task Accept_ManyAtOnce_ShareTransactions()
    {
        var trigger = _bench.AddTrigger();
        _store.Block();
        var accepted = Enumerable.Range(0, 200).Select(_ => _bench.AcceptAsync(trigger)).ToList();
        Assert.DoesNotContain(accepted, a => a.IsCompleted);

        _store.Unblock();
        Assert.All(await Task.WhenAll(accepted), id => Assert.NotNull(id));

        Assert.True(_store.LargestBatch > 100, $"Largest batch: {_store.LargestBatch}.");
    }

    [Fact]
    public async Task Accept_DatabaseAway_IsRefusedAndNothingIsKept()
    {
        var trigger = _bench.AddTrigger();
        _store.IsAway = true;

        Assert.Null(await _bench.AcceptAsync(trigger));
        Assert.NotNull(_bench.Journal.Fault);
        _store.IsAway = false;

        await Eventually.TrueAsync(() => _bench.Journal.Fault is null, "the journal to find out by itself");
        var id = await _bench.AcceptAsync(trigger);
        await _bench.WaitForAsync(id!.Value, ExecutionStatus.Succeeded);
        await _bench.WaitForCountAsync(ExecutionStatus.Succeeded, 1);
        Assert.Equal(0, _bench.Dispatcher.Figures.Held);
    }

    [Fact]
    public async Task Attempt_DatabaseAwayWhileItRan_IsRecordedWhenItIsBack()
    {
        var gate = new Gate();
        var trigger = _bench.AddTrigger(gate.PassAsync);
        var ids = new List<Guid>();
        for (var i = 0; i < 10; i++) ids.Add((await _bench.AcceptAsync(trigger))!.Value);
        await Eventually.TrueAsync(() => gate.Running == 10, "all to run");

        _store.IsAway = true;
        gate.OpenAll();
        await Eventually.TrueAsync(() => _bench.Journal.Fault is not null, "the fault to be noticed");
        Assert.Null(await _bench.AcceptAsync(trigger));
        _store.IsAway = false;

        await _bench.WaitForCountAsync(ExecutionStatus.Succeeded, 10);
        Assert.All(ids, id => Assert.Single(_bench.AttemptsAsync(id).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task Accept_AnswerOfTheCommitLost_RefusedButRunsAllTheSame()
    {
        var trigger = _bench.AddTrigger();
        _store.LoseAnswerTo = entry => entry is AcceptEntry;

        Assert.Null(await _bench.AcceptAsync(trigger));

        // It is in the database: at least once means that it must not lie there for ever
        await _bench.WaitForCountAsync(ExecutionStatus.Succeeded, 1);
    }

    [Fact]
    public async Task Write_OnePoisonEntry_DoesNotTakeTheOthersWithIt()
    {
        var good = _bench.AddTrigger();
        var bad = _bench.AddTrigger();
        _store.IsPoison = entry => entry is AcceptEntry accept && accept.Executions[0].TriggerId == bad.Id;
        _store.Block();
        var accepted = Enumerable.Range(0, 20).Select(i => (IsBad: i == 7, Task: _bench.AcceptAsync(i == 7 ? bad : good))).ToList();
        _store.Unblock();

        foreach (var (isBad, task) in accepted)
        {
            if (isBad) await Assert.ThrowsAsync<InvalidOperationException>(() => task);
            else Assert.NotNull(await task);
        }
        await _bench.WaitForCountAsync(ExecutionStatus.Succeeded, 19);
        Assert.Null(_bench.Journal.Fault);
    }

    [Fact]
    public async Task Accept_JournalFull_IsRefusedAtOnce()
    {
        await _bench.DisposeAsync();
        await StartAsync(new() { JournalCapacity = 16 });
        var trigger = _bench.AddTrigger();
        await Eventually.TrueAsync(() => _bench.Journal.Waiting == 0, "what the dispatcher itself asks to be out of the way");
        _store.Block();
        var first = _bench.AcceptAsync(trigger);
        await Eventually.TrueAsync(() => _store.IsHeld, "the first to be held, with nothing else in its batch");

        List<Task<Guid?>> results = [first, .. Enumerable.Range(0, 39).Select(_ => _bench.AcceptAsync(trigger))];
        var refused = results.Count(r => r.IsCompletedSuccessfully && r.Result is null);
        _store.Unblock();
        var accepted = (await Task.WhenAll(results)).Count(id => id is not null);

        // One is held and 16 wait; the dispatcher itself may ask for a place
        Assert.InRange(refused, 23, 24);
        Assert.Equal(40 - refused, accepted);
        await _bench.WaitForCountAsync(ExecutionStatus.Succeeded, accepted);
    }

    [Fact]
    public async Task Accept_TooManyBytesWait_IsRefusedAtOnce()
    {
        await _bench.DisposeAsync();
        await StartAsync(new() { JournalCapacityBytes = 1 << 20 });
        var trigger = _bench.AddTrigger();
        var body = new string('x', 400_000);
        _store.Block();

        var results = Enumerable.Range(0, 10).Select(_ => _bench.AcceptAsync(trigger, body: body)).ToList();
        Assert.InRange(results.Count(r => r.IsCompletedSuccessfully && r.Result is null), 5, 8);
        _store.Unblock();
        await Task.WhenAll(results);
    }

    [Fact]
    public async Task Stop_EntriesWaiting_AreWrittenFirst()
    {
        var trigger = _bench.AddTrigger(retry: new RetryPolicy());
        _store.Block();
        var accepted = Enumerable.Range(0, 50).Select(_ => _bench.AcceptAsync(trigger)).ToList();
        var stop = _bench.StopAsync();
        _store.Unblock();
        await stop;

        Assert.All(await Task.WhenAll(accepted), id => Assert.NotNull(id));
        Assert.Null(await _bench.AcceptAsync(trigger)); // and afterwards nothing is taken
    }

    [Fact]
    public async Task Waiter_SynchronousCall_IsToldWhenItsEndIsOnDisk()
    {
        var gate = new Gate();
        var trigger = _bench.AddTrigger(gate.PassAsync);
        var id = (await _bench.AcceptAsync(trigger))!.Value;
        var finished = _bench.Waiters.Register(id);
        await Eventually.TrueAsync(() => gate.Running == 1, "it to run");
        Assert.False(finished.IsCompleted);

        gate.Open();
        await finished.WaitAsync(Eventually.Limit);

        Assert.Equal(ExecutionStatus.Succeeded, (await _bench.RowAsync(id)).Status);
    }
}
