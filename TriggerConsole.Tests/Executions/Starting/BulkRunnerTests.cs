using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Executions.Starting;

public sealed class BulkRunnerTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private EngineBench _engine = null!;

    public async Task InitializeAsync() => _engine = await EngineBench.StartAsync();

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task Start_Ids_DoesEachOnce()
    {
        var runner = new BulkRunner(_engine.Queries, TimeProvider.System);
        Guid[] ids = [.. Enumerable.Range(0, 200).Select(_ => Guid.NewGuid())];
        var done = new System.Collections.Concurrent.ConcurrentBag<Guid>();

        var started = await runner.StartAsync(BulkAction.Retry, new(null, [.. ids, ids[0]]), null, "me", (id, _) => { done.Add(id); return Done; }, CancellationToken.None);
        var run = await EndAsync(runner, started.Value!.Id);

        Assert.Equal(ids.Order(), done.Order());
        Assert.Equal((200, 200, 0, true, false, "me"), (run.Total, run.Done, run.Skipped, run.IsFinished, run.IsStopped, run.Actor));
    }

    [Fact]
    public async Task Start_SomeRefused_CountsThemByReason()
    {
        var runner = new BulkRunner(_engine.Queries, TimeProvider.System);
        Guid[] ids = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid())];

        var started = await runner.StartAsync(BulkAction.Replay, new(null, ids), null, null, (id, _) => Array.IndexOf(ids, id) switch
        {
            0 => Done,
            1 or 2 or 3 => Task.FromResult<Refusal?>(new Refusal.Conflict("Its trigger has been deleted.")),
            4 => Task.FromResult<Refusal?>(new Refusal.NotFound($"There is no execution {id}.")),
            _ => throw new InvalidOperationException("A fault of its own."),
        }, CancellationToken.None);
        var run = await EndAsync(runner, started.Value!.Id);

        Assert.Equal((1, 5), (run.Done, run.Skipped));
        Assert.Equal(
            [("A fault of its own.", 1), ("It is no longer in the history.", 1), ("Its trigger has been deleted.", 3)],
            run.Problems.Select(p => (p.Message, p.Count)).OrderBy(p => p.Message, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Start_ManyDifferentReasons_KeepsTheListShort()
    {
        var runner = new BulkRunner(_engine.Queries, TimeProvider.System);
        var started = await runner.StartAsync(BulkAction.Replay, new(null, [.. Enumerable.Range(0, 50).Select(_ => Guid.NewGuid())]), null, null,
            (id, _) => Task.FromResult<Refusal?>(new Refusal.Conflict($"Not {id}.")), CancellationToken.None);
        var run = await EndAsync(runner, started.Value!.Id);

        Assert.True(run.Problems.Count <= 11);
        Assert.Equal(50, run.Problems.Sum(p => p.Count));
    }

    [Fact]
    public async Task Start_Unavailable_TriesTheSameOneAgain()
    {
        var runner = new BulkRunner(_engine.Queries, TimeProvider.System);
        var calls = 0;
        var started = await runner.StartAsync(BulkAction.Replay, new(null, [Guid.NewGuid()]), null, null,
            (_, _) => Task.FromResult<Refusal?>(Interlocked.Increment(ref calls) < 3 ? new Refusal.Unavailable("Full.", TimeSpan.FromMilliseconds(1)) : null), CancellationToken.None);
        var run = await EndAsync(runner, started.Value!.Id);

        Assert.Equal((3, 1, 0), (calls, run.Done, run.Skipped));
    }

    [Fact]
    public async Task Start_WithRate_KeepsThePaceAndStops()
    {
        var runner = new BulkRunner(_engine.Queries, _time);
        var id = (await runner.StartAsync(BulkAction.Replay, new(null, [.. Enumerable.Range(0, 100).Select(_ => Guid.NewGuid())]), 2, null, (_, _) => Done, CancellationToken.None)).Value!.Id;

        await SeenAsync(runner, id, 1); // the first at once
        _time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.Equal(1, runner.Find(id)!.Seen);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await SeenAsync(runner, id, 2);
        Assert.True(runner.Stop(id)!.IsStopped);
        var run = await Eventually.GetAsync(() => Task.FromResult((runner.Find(id)!.IsFinished, runner.Find(id)!)), "the run to end");

        Assert.Equal((2, true, true), (run.Done, run.IsStopped, run.IsFinished));
    }

    [Fact]
    public async Task Stop_Finished_SaysNotStopped()
    {
        var runner = new BulkRunner(_engine.Queries, TimeProvider.System);
        var id = (await runner.StartAsync(BulkAction.Replay, new(null, []), null, null, (_, _) => Done, CancellationToken.None)).Value!.Id;
        await EndAsync(runner, id);

        Assert.False(runner.Stop(id)!.IsStopped);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(20_000.0)]
    [InlineData(double.NaN)]
    public async Task Start_BadRate_IsRefused(double rate)
        => Assert.Equal("ratePerSecond", Assert.IsType<Refusal.Invalid>((await new BulkRunner(_engine.Queries, _time).StartAsync(BulkAction.Replay, new(null, []), rate, null, (_, _) => Done, CancellationToken.None)).Refusal).Errors[0].Field);

    [Fact]
    public async Task BulkRetries_DeadLetters_RunAgainInPlace()
    {
        var healthy = false;
        var trigger = _engine.AddTrigger((_, _) => Task.FromResult(healthy ? Outcome.Ok : Outcome.Fail(FailureKind.Permanent)));
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Add((await _engine.AcceptAsync(trigger))!.Value);
        foreach (var id in ids) await _engine.WaitForAsync(id, ExecutionStatus.DeadLettered);
        healthy = true;
        var runner = new BulkRunner(_engine.Queries, TimeProvider.System);

        var started = await new BulkRetries(runner, _engine.Commands).StartAsync(new(new() { Statuses = [ExecutionStatus.DeadLettered], TriggerId = trigger.Id }, null), null, "me", CancellationToken.None);
        var run = await EndAsync(runner, started.Value!.Id);

        Assert.Equal((BulkAction.Retry, 5, 0), (run.Action, run.Done, run.Skipped));
        await _engine.WaitForCountAsync(ExecutionStatus.Succeeded, 5);
        Assert.Equal(2, (await _engine.RowAsync(ids[0])).Attempts);
    }

    private static Task<Refusal?> Done => Task.FromResult<Refusal?>(null);

    private static async Task<BulkRunView> EndAsync(BulkRunner runner, Guid id)
    {
        var run = (await runner.WaitAsync(id, Eventually.Limit))!;
        Assert.True(run.IsFinished);
        return run;
    }

    private static Task SeenAsync(BulkRunner runner, Guid id, int count) => Eventually.TrueAsync(() => runner.Find(id)!.Seen == count, $"{count} to be done");
}
