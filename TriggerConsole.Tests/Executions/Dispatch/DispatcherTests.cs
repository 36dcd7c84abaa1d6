using System.Collections.Concurrent;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Executions.Dispatch;

public sealed class DispatcherTests
{
    [Fact]
    public async Task Accept_Calm_RunsAndRecords()
    {
        await using var bench = await EngineBench.StartAsync();
        var id = await bench.AcceptAsync(bench.AddTrigger());

        var row = await bench.WaitForAsync(id!.Value, ExecutionStatus.Succeeded);

        Assert.Equal((1, null, 0, "http_200"), (row.Attempts, row.OwnerId, row.Recoveries, row.LastCode));
        Assert.NotNull(row.FinishedAt);
    }

    [Fact]
    public async Task Limit_PerTrigger_IsNeverExceeded()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync();
        var trigger = bench.AddTrigger(gate.PassAsync, limits: new() { MaxConcurrent = 3 });
        for (var i = 0; i < 20; i++) await bench.AcceptAsync(trigger);

        for (var i = 0; i < 20; i++)
        {
            await Eventually.TrueAsync(() => gate.Started.Count == Math.Min(20, i + 3), "three to run");
            gate.Open();
        }
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 20);

        Assert.Equal(3, gate.Most);
    }

    [Fact]
    public async Task Limit_InTotal_IsNeverExceededAndNobodyStarves()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync(new() { MaxConcurrency = 5 });
        var triggers = Enumerable.Range(0, 10).Select(_ => bench.AddTrigger(gate.PassAsync)).ToList();
        for (var i = 0; i < 50; i++) await bench.AcceptAsync(triggers[i % 10]);

        for (var i = 0; i < 50; i++)
        {
            await Eventually.TrueAsync(() => gate.Started.Count > i, "one to run");
            gate.Open();
        }
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 50);

        Assert.InRange(gate.Most, 3, 5);
    }

    [Fact]
    public async Task Share_TargetsThatHang_LeaveRoomForTheNextOne()
    {
        var hanging = new Gate();
        await using var bench = await EngineBench.StartAsync(new() { MaxConcurrency = 200, MaxConcurrencyPerTrigger = 100, MemoryWindow = 400, ShutdownTimeout = TimeSpan.Zero });
        var stuck = Enumerable.Range(0, 50).Select(_ => bench.AddTrigger(hanging.PassAsync)).ToList();
        for (var i = 0; i < 1000; i++) await bench.AcceptAsync(stuck[i % 50]);
        var healthy = bench.AddTrigger();

        for (var i = 0; i < 100; i++) Assert.NotNull(await bench.AcceptAsync(healthy));

        await Eventually.TrueAsync(async () => await bench.CountAsync(ExecutionStatus.Succeeded) == 100, "the healthy one to be done");
        Assert.InRange(hanging.Running, 100, 199);
    }

    [Fact]
    public async Task Priority_WhenSlotsAreScarce_HighestGoesFirst()
    {
        var gate = new Gate();
        var order = new ConcurrentQueue<int>();
        await using var bench = await EngineBench.StartAsync(new() { MaxConcurrency = 1 });
        var blocker = bench.AddTrigger(gate.PassAsync);
        var low = bench.AddTrigger((_, _) => Note(0), priority: 0);
        var high = bench.AddTrigger((_, _) => Note(9), priority: 9);
        var mixed = bench.AddTrigger((context, _) => Note(int.Parse(System.Text.Encoding.UTF8.GetString(context.Event.Stored.Body), System.Globalization.CultureInfo.InvariantCulture)));
        await bench.AcceptAsync(blocker);
        await Eventually.TrueAsync(() => gate.Running == 1, "the blocker to run");

        await bench.AcceptAsync(low);
        await bench.AcceptAsync(mixed, priority: 3, body: "3");
        await bench.AcceptAsync(high);
        await bench.AcceptAsync(mixed, priority: 7, body: "7");
        gate.Open();
        await Eventually.TrueAsync(() => order.Count == 4, "all to run");

        Assert.Equal([9, 7, 3, 0], order);

        Task<AttemptOutcome> Note(int priority)
        {
            order.Enqueue(priority);
            return Task.FromResult(Outcome.Ok);
        }
    }

    [Fact]
    public async Task Order_OneAtATime_IsKeptThroughOverflowAndTable()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync(new() { MemoryWindow = 16 });
        var trigger = bench.AddTrigger(gate.PassAsync, limits: new() { MaxConcurrent = 1 });
        var accepted = new List<Guid>();
        for (var i = 0; i < 200; i++) accepted.Add((await bench.AcceptAsync(trigger))!.Value);

        for (var i = 0; i < 200; i++)
        {
            await Eventually.TrueAsync(() => gate.Started.Count == i + 1, $"number {i} to start");
            gate.Open();
        }

        Assert.Equal(accepted, gate.Started);
    }

    [Fact]
    public async Task Overflow_ManyWait_MemoryHoldsNoMoreThanTheWindow()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync(new() { MemoryWindow = 64, ShutdownTimeout = TimeSpan.Zero });
        var trigger = bench.AddTrigger(gate.PassAsync, limits: new() { MaxConcurrent = 2 });
        for (var i = 0; i < 1000; i++) await bench.AcceptAsync(trigger);

        Assert.InRange(bench.Dispatcher.Figures.Held, 2, 64);
        bench.AddTrigger(gate.PassAsync);
        gate.OpenAll();
        await Eventually.TrueAsync(() => { gate.OpenAll(); return bench.Dispatcher.Figures is { Held: 0, Running: 0 }; }, "all to drain");
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 1000);
    }

    [Fact]
    public async Task Rate_PerTrigger_SpreadsStarts()
    {
        var time = new ManualTimeProvider();
        var started = 0;
        await using var bench = await EngineBench.StartAsync(time: time);
        var trigger = bench.AddTrigger((_, _) => { Interlocked.Increment(ref started); return Task.FromResult(Outcome.Ok); }, limits: new() { RatePerSecond = 10, Burst = 2 });
        for (var i = 0; i < 12; i++) await bench.AcceptAsync(trigger);

        await Eventually.TrueAsync(() => Volatile.Read(ref started) == 2, "the burst to start");
        for (var expected = 3; expected <= 12; expected++)
        {
            Assert.Equal(expected - 1, Volatile.Read(ref started));
            time.Advance(TimeSpan.FromMilliseconds(101));
            await Eventually.TrueAsync(() => Volatile.Read(ref started) == expected, $"number {expected} to start");
        }
    }

    [Fact]
    public async Task Delay_DueLater_StartsThenAndNotBefore()
    {
        var time = new ManualTimeProvider();
        await using var bench = await EngineBench.StartAsync(time: time);
        var trigger = bench.AddTrigger();
        var id = await bench.AcceptAsync(trigger, due: time.GetUtcNow().AddHours(2));

        time.Advance(TimeSpan.FromMinutes(119));
        Assert.Equal(ExecutionStatus.Queued, (await bench.RowAsync(id!.Value)).Status);
        time.Advance(TimeSpan.FromMinutes(2));

        await bench.WaitForAsync(id!.Value, ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task Retry_FailsTwiceThenSucceeds_RecordsEachAttemptAndItsDelay()
    {
        var time = new ManualTimeProvider();
        await using var bench = await EngineBench.StartAsync(time: time);
        var trigger = bench.AddTrigger((context, _) => Task.FromResult(context.Attempt < 3 ? Outcome.Fail(FailureKind.Timeout, "timeout") : Outcome.Ok),
            new RetryPolicy { MaxAttempts = 5, DelaySeconds = 2, Jitter = false });
        var id = (await bench.AcceptAsync(trigger))!.Value;

        var first = await bench.WaitForAsync(id, ExecutionStatus.Retrying);
        Assert.Equal(time.GetUtcNow().AddSeconds(2), first.DueAt);
        time.Advance(TimeSpan.FromSeconds(2.1));
        await Eventually.TrueAsync(async () => (await bench.RowAsync(id)).Attempts == 2, "the second attempt");
        Assert.Equal(time.GetUtcNow().AddSeconds(4), (await bench.RowAsync(id)).DueAt);
        time.Advance(TimeSpan.FromSeconds(4.1));
        await bench.WaitForAsync(id, ExecutionStatus.Succeeded);

        Assert.Equal([("timeout", false), ("timeout", false), ("http_200", true)], (await bench.AttemptsAsync(id)).Select(a => (a.Code, a.Succeeded)));
    }

    [Fact]
    public async Task Retry_TargetSaysRetryAfter_IsHonoured()
    {
        var time = new ManualTimeProvider();
        await using var bench = await EngineBench.StartAsync(time: time);
        var trigger = bench.AddTrigger((_, _) => Task.FromResult(Outcome.Fail(FailureKind.RateLimited, "http_429", TimeSpan.FromSeconds(90))), new RetryPolicy { Jitter = false });

        var id = (await bench.AcceptAsync(trigger))!.Value;

        Assert.Equal(time.GetUtcNow().AddSeconds(90), (await bench.WaitForAsync(id, ExecutionStatus.Retrying)).DueAt);
    }

    [Theory]
    [InlineData(FailureKind.Permanent)]
    [InlineData(FailureKind.Configuration)]
    [InlineData(FailureKind.Authentication)]
    public async Task Retry_FailureThatARetryCannotHelp_IsADeadLetterAtOnce(FailureKind kind)
    {
        await using var bench = await EngineBench.StartAsync();
        var trigger = bench.AddTrigger((_, _) => Task.FromResult(Outcome.Fail(kind)), RetryPolicy.Default);

        var row = await bench.WaitForAsync((await bench.AcceptAsync(trigger))!.Value, ExecutionStatus.DeadLettered);

        Assert.Equal((1, kind), (row.Attempts, row.LastFailure!.Value));
    }

    [Fact]
    public async Task Attempt_ThrowsUnexpectedly_CostsOneAttemptAndTheEngineGoesOn()
    {
        await using var bench = await EngineBench.StartAsync();
        var bad = bench.AddTrigger((_, _) => throw new UriFormatException("poison"), RetryPolicy.Default);

        var row = await bench.WaitForAsync((await bench.AcceptAsync(bad))!.Value, ExecutionStatus.DeadLettered);
        await bench.WaitForAsync((await bench.AcceptAsync(bench.AddTrigger()))!.Value, ExecutionStatus.Succeeded);

        Assert.Equal("internal", row.LastCode);
        Assert.DoesNotContain("poison", row.LastDetail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pause_HoldsWhatComesAndResumeDrainsInOrder()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync();
        var trigger = bench.AddTrigger(gate.PassAsync, limits: new() { MaxConcurrent = 1 });
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++) ids.Add((await bench.AcceptAsync(trigger))!.Value);
        await Eventually.TrueAsync(() => gate.Running == 1, "the first to run");

        bench.Change(trigger, paused: true);
        for (var i = 0; i < 5; i++) ids.Add((await bench.AcceptAsync(trigger))!.Value);
        gate.Open();
        await bench.WaitForAsync(ids[0], ExecutionStatus.Succeeded);
        await Eventually.TrueAsync(() => bench.Dispatcher.Figures.Held == 0, "memory to be given back");
        Assert.Equal(9, await bench.Queries.CountAsync(new() { Statuses = [ExecutionStatus.Held] }, CancellationToken.None));
        Assert.Equal(0, await bench.Queries.CountAsync(new() { Statuses = [ExecutionStatus.Queued] }, CancellationToken.None));
        Assert.Single(gate.Started);

        bench.Change(trigger, paused: false);
        for (var i = 1; i < 10; i++)
        {
            await Eventually.TrueAsync(() => gate.Started.Count == i + 1, $"number {i} to start");
            gate.Open();
        }
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 10);
        Assert.Equal(ids, gate.Started);
    }

    [Fact]
    public async Task Cancel_Waiting_NeverRuns()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync();
        var trigger = bench.AddTrigger(gate.PassAsync, limits: new() { MaxConcurrent = 1 });
        await bench.AcceptAsync(trigger);
        var inMemory = (await bench.AcceptAsync(trigger))!.Value;
        var inTable = (await bench.AcceptAsync(trigger, due: bench.Time.GetUtcNow().AddHours(1)))!.Value;
        await Eventually.TrueAsync(() => gate.Running == 1, "the first to run");

        Assert.False((await bench.Commands.CancelAsync(inMemory, null, CancellationToken.None)).IsRefused);
        Assert.False((await bench.Commands.CancelAsync(inTable, null, CancellationToken.None)).IsRefused);
        Assert.True((await bench.Commands.CancelAsync(inTable, null, CancellationToken.None)).IsRefused);
        gate.Open();
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 1);

        await bench.WaitForCountAsync(ExecutionStatus.Cancelled, 2);
        Assert.Single(gate.Started);
        Assert.Equal(0, (await bench.RowAsync(inMemory)).Attempts);
        await Eventually.TrueAsync(() => bench.Dispatcher.Figures.Held == 0, "its seat to be free");
    }

    [Fact]
    public async Task Cancel_Running_BreaksTheAttemptOff()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync();
        var id = (await bench.AcceptAsync(bench.AddTrigger(gate.PassAsync, RetryPolicy.Default)))!.Value;
        await Eventually.TrueAsync(() => gate.Running == 1, "it to run");

        var cancelled = await bench.Commands.CancelAsync(id, null, CancellationToken.None);

        Assert.Equal(ExecutionStatus.Cancelled, cancelled.Value!.Execution.Status);
        Assert.Equal(0, gate.Running);
        Assert.Empty(await bench.AttemptsAsync(id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_AttemptThatEndsByItselfMeanwhile_IsAnsweredAllTheSame(bool fails)
    {
        var (started, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var bench = await EngineBench.StartAsync();
        var trigger = bench.AddTrigger(async (_, _) =>
        {
            started.TrySetResult();
            await ended.Task; // its answer is there already: it is not broken off any more
            return fails ? Outcome.Fail(FailureKind.Transient) : Outcome.Ok;
        }, RetryPolicy.Default);
        var id = (await bench.AcceptAsync(trigger))!.Value;
        await started.Task;

        var cancelling = bench.Commands.CancelAsync(id, null, CancellationToken.None);
        ended.SetResult();
        var cancelled = await cancelling.WaitAsync(Eventually.Limit);

        // Too late for one that succeeded; one that waits for its retry is cancelled there
        Assert.Equal(!fails, cancelled.IsRefused);
        Assert.Equal(fails ? ExecutionStatus.Cancelled : ExecutionStatus.Succeeded, (await bench.RowAsync(id)).Status);
        Assert.Single(await bench.AttemptsAsync(id));
        await Eventually.TrueAsync(() => bench.Dispatcher.Figures is { Held: 0, Running: 0 }, "its seat to be free");
    }

    [Fact]
    public async Task RetryNow_DeadLetter_RunsAgainAndKeepsItsHistory()
    {
        var fail = true;
        await using var bench = await EngineBench.StartAsync();
        var trigger = bench.AddTrigger((_, _) => Task.FromResult(fail ? Outcome.Fail(FailureKind.Permanent) : Outcome.Ok));
        var id = (await bench.AcceptAsync(trigger))!.Value;
        await bench.WaitForAsync(id, ExecutionStatus.DeadLettered);
        fail = false;

        Assert.False((await bench.Commands.RetryAsync(id, null, CancellationToken.None)).IsRefused);

        var row = await bench.WaitForAsync(id, ExecutionStatus.Succeeded);
        Assert.Equal(2, row.Attempts);
        Assert.Equal(2, (await bench.AttemptsAsync(id)).Count);
        Assert.True((await bench.Commands.RetryAsync(id, null, CancellationToken.None)).IsRefused);
    }

    [Fact]
    public async Task Stop_AttemptUnderWay_GoesBackWithoutUsingAnAttempt()
    {
        var gate = new Gate();
        using var database = TestDatabase.Sqlite();
        var triggerId = Guid.NewGuid();
        Guid running, waiting;
        await using (var bench = await EngineBench.StartAsync(new() { ShutdownTimeout = TimeSpan.FromMilliseconds(50) }, database: database))
        {
            var trigger = EngineBench.Trigger(gate.PassAsync, limits: new() { MaxConcurrent = 1 }, id: triggerId);
            bench.Triggers.Set(trigger);
            running = (await bench.AcceptAsync(trigger))!.Value;
            waiting = (await bench.AcceptAsync(trigger))!.Value;
            await Eventually.TrueAsync(() => gate.Running == 1, "the first to run");
            await bench.StopAsync();
            Assert.Equal((ExecutionStatus.Queued, 0, null), ((await bench.RowAsync(running)).Status, (await bench.RowAsync(running)).Attempts, (await bench.RowAsync(running)).OwnerId));
        }

        await using var next = await EngineBench.StartAsync(database: database, triggers: EngineBench.Trigger(id: triggerId));

        var row = await next.WaitForAsync(running, ExecutionStatus.Succeeded);
        await next.WaitForAsync(waiting, ExecutionStatus.Succeeded);
        Assert.Equal((1, 0), (row.Attempts, row.Recoveries));
    }

    [Fact]
    public async Task Stop_AskedTwiceWhileAnAttemptIsUnderWay_BothEnd()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync(new() { ShutdownTimeout = TimeSpan.FromMilliseconds(50) });
        var trigger = EngineBench.Trigger(gate.PassAsync);
        bench.Triggers.Set(trigger);
        await bench.AcceptAsync(trigger);
        await Eventually.TrueAsync(() => gate.Running == 1, "it to run");
        await Task.WhenAll(bench.StopAsync(), bench.StopAsync()).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Start_AfterACrash_RunsWhatWasInMemoryAndMarksIt()
    {
        using var database = TestDatabase.Sqlite();
        var triggerId = Guid.NewGuid();
        var crashed = Sample.Event();
        var execution = Sample.Execution(crashed, triggerId, owner: Guid.NewGuid());
        using (var store = database.SqliteStore()) store.Write([new Core.Executions.Journal.AcceptEntry(crashed, [execution])], []);

        await using var bench = await EngineBench.StartAsync(database: database, triggers: EngineBench.Trigger(id: triggerId));

        var row = await bench.WaitForAsync(execution.Id, ExecutionStatus.Succeeded);
        Assert.Equal((1, 1), (row.Attempts, row.Recoveries));
    }

    [Fact]
    public async Task Circuit_TargetFails_OpensThenProbesThenCloses()
    {
        var time = new ManualTimeProvider();
        var healthy = false;
        var calls = 0;
        await using var bench = await EngineBench.StartAsync(new() { CircuitBreaker = new() { MinimumAttempts = 10, BreakDuration = TimeSpan.FromSeconds(5) } }, time);
        Task<AttemptOutcome> CallAsync()
        {
            Interlocked.Increment(ref calls);
            return Task.FromResult(healthy ? Outcome.Ok : Outcome.Fail(FailureKind.Unavailable, "connect_refused"));
        }
        var trigger = bench.AddTrigger((_, _) => CallAsync(), limits: new() { MaxConcurrent = 1 }, target: "http://down");
        var neighbour = bench.AddTrigger((_, _) => CallAsync(), target: "http://down");
        for (var i = 0; i < 30; i++) await bench.AcceptAsync(trigger);

        await Eventually.TrueAsync(() => bench.Dispatcher.OpenCircuits.Count == 1, "the circuit to open");
        var circuit = bench.Dispatcher.OpenCircuits[0];
        Assert.Equal(("http://down", CircuitState.Open, "connect_refused"), (circuit.Target, circuit.State, circuit.LastCode));
        var before = Volatile.Read(ref calls);
        Assert.Equal(10, before);
        await bench.AcceptAsync(neighbour); // same target: waits too
        time.Advance(TimeSpan.FromSeconds(5.1));
        await Eventually.TrueAsync(() => Volatile.Read(ref calls) == before + 1, "one probe");
        await Eventually.TrueAsync(() => bench.Dispatcher.OpenCircuits is [{ State: CircuitState.Open }], "the circuit to open again");
        Assert.Equal(TimeSpan.FromSeconds(10), bench.Dispatcher.OpenCircuits[0].OpenUntil - time.GetUtcNow());
        healthy = true;
        time.Advance(TimeSpan.FromSeconds(10.1));

        await Eventually.TrueAsync(() => bench.Dispatcher.OpenCircuits.Count == 0, "the circuit to close");
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 20);
    }

    [Fact]
    public async Task LongAttempt_IsShownAsRunning()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync();
        var id = (await bench.AcceptAsync(bench.AddTrigger(gate.PassAsync)))!.Value;

        await bench.WaitForAsync(id, ExecutionStatus.Running);
        gate.Open();

        await bench.WaitForAsync(id, ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task TriggerDeleted_WhatWaits_IsCancelled()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync();
        var trigger = bench.AddTrigger(gate.PassAsync, limits: new() { MaxConcurrent = 1 });
        for (var i = 0; i < 5; i++) await bench.AcceptAsync(trigger);
        await bench.AcceptAsync(trigger, due: bench.Time.GetUtcNow().AddHours(1));
        await Eventually.TrueAsync(() => gate.Running == 1, "the first to run");

        bench.Triggers.Remove(trigger.Id);
        await bench.Commands.CancelAllAsync(trigger.Id, CancellationToken.None);
        gate.Open();

        await bench.WaitForCountAsync(ExecutionStatus.Cancelled, 5);
        Assert.Single(gate.Started);
    }
}
