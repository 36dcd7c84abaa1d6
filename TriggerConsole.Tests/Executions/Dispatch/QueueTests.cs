using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Executions.Dispatch;

/// <summary>Queues are a kind and a priority: their workers, and their pause.</summary>
public sealed class QueueTests
{
    private static readonly JobQueue s_nine = new(TriggerKind.Http, 9);

    [Fact]
    public async Task Workers_OfAQueue_AreNeverExceededAndOtherPrioritiesGoOn()
    {
        var (nine, five) = (new Gate(), new Gate());
        await using var bench = await EngineBench.StartAsync(new() { Workers = new() { ["http-9"] = 2 }, ShutdownTimeout = TimeSpan.Zero });
        var trigger = bench.AddTrigger((context, token) => (context.Event.Stored.Body.Length == 2 ? five : nine).PassAsync(context, token));
        for (var i = 0; i < 10; i++) await bench.AcceptAsync(trigger, priority: 9, body: "[9]");
        for (var i = 0; i < 10; i++) await bench.AcceptAsync(trigger, priority: 5);

        await Eventually.TrueAsync(() => nine.Running == 2 && five.Running == 10, "two of priority 9 beside all of priority 5");
        for (var i = 0; i < 10; i++)
        {
            await Eventually.TrueAsync(() => nine.Started.Count == Math.Min(10, i + 2), "the next of priority 9");
            nine.Open();
        }
        five.OpenAll();
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 20);

        Assert.Equal(2, nine.Most);
        Assert.All(bench.Dispatcher.Queues, slot => Assert.Equal(0, slot.Running));
    }

    [Fact]
    public async Task Workers_OfAKind_AreSharedByAllItsPriorities()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync(new() { Workers = new() { ["Http"] = 3 } });
        var triggers = Enumerable.Range(0, 6).Select(i => bench.AddTrigger(gate.PassAsync, priority: i)).ToList();
        for (var i = 0; i < 30; i++) await bench.AcceptAsync(triggers[i % 6]);

        for (var i = 0; i < 30; i++)
        {
            await Eventually.TrueAsync(() => gate.Started.Count == Math.Min(30, i + 3), "three to run");
            gate.Open();
        }
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 30);

        Assert.Equal(3, gate.Most);
    }

    [Fact]
    public async Task Workers_ManyTriggersInAFullQueue_TakeTurns()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync(new() { Workers = new() { ["http-5"] = 1 } });
        var triggers = Enumerable.Range(0, 4).Select(_ => bench.AddTrigger(gate.PassAsync)).ToList();
        var triggerOf = new Dictionary<Guid, Guid>();
        foreach (var trigger in triggers) // all of one before those of the next
            for (var i = 0; i < 5; i++) triggerOf[(await bench.AcceptAsync(trigger))!.Value] = trigger.Id;

        for (var i = 0; i < 20; i++)
        {
            await Eventually.TrueAsync(() => gate.Started.Count == i + 1, "the next one");
            gate.Open();
        }
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 20);

        // The first trigger had the queue for itself until the second came; from then on nobody runs twice in a row
        var order = gate.Started.Select(id => triggerOf[id]).ToList();
        Assert.Equal(4, order.Skip(4).Take(4).Distinct().Count());
    }

    [Fact]
    public async Task Workers_TriggerThatCannotUseTheFreeOne_PassesItOn()
    {
        var (first, second) = (new Gate(), new Gate());
        await using var bench = await EngineBench.StartAsync(new() { Workers = new() { ["http-5"] = 1 }, ShutdownTimeout = TimeSpan.Zero });
        var rated = bench.AddTrigger(first.PassAsync, limits: new() { RatePerSecond = 0.01, Burst = 1 });
        var free = bench.AddTrigger(second.PassAsync);
        await bench.AcceptAsync(rated);
        await Eventually.TrueAsync(() => first.Running == 1, "the worker to be taken");
        await bench.AcceptAsync(rated); // its rate lets it start no second one
        await bench.AcceptAsync(free);

        first.Open();

        await Eventually.TrueAsync(() => second.Running == 1, "the other trigger to get the worker");
    }

    [Fact]
    public async Task Workers_FullQueueWithABacklogInTheTable_HoldsUpNoOtherPriority()
    {
        var nine = new Gate();
        await using var bench = await EngineBench.StartAsync(new() { Workers = new() { ["http-9"] = 1 }, MemoryWindow = 1000, ShutdownTimeout = TimeSpan.Zero });
        var trigger = bench.AddTrigger((context, token) => context.Event.Stored.Body.Length == 2 ? Task.FromResult(Outcome.Ok) : nine.PassAsync(context, token));
        for (var i = 0; i < 1500; i++) await bench.AcceptAsync(trigger, priority: 9, body: "[9]");

        for (var i = 0; i < 50; i++) await bench.AcceptAsync(trigger, priority: 5);

        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 50);
        Assert.Equal(1, nine.Running);
    }

    [Fact]
    public async Task Workers_BacklogInTheTable_IsDrainedToTheLast()
    {
        await using var bench = await EngineBench.StartAsync(new() { Workers = new() { ["http-9"] = 2, ["http"] = 4 }, MemoryWindow = 300 });
        var triggers = Enumerable.Range(0, 3).Select(_ => bench.AddTrigger(async (_, token) => { await Task.Yield(); return Outcome.Ok; })).ToList();

        for (var i = 0; i < 1500; i++) await bench.AcceptAsync(triggers[i % 3], priority: i % 2 == 0 ? 9 : 4);

        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 1500);
    }

    [Fact]
    public async Task Pause_WhatWaits_StaysUntilResumedAndOthersGoOn()
    {
        await using var bench = await EngineBench.StartAsync();
        var trigger = bench.AddTrigger();
        bench.Dispatcher.PauseQueues(new HashSet<JobQueue> { s_nine });
        for (var i = 0; i < 20; i++) await bench.AcceptAsync(trigger, priority: 9);
        for (var i = 0; i < 20; i++) await bench.AcceptAsync(trigger, priority: 5);

        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 20);
        Assert.Equal(20, await bench.CountAsync(ExecutionStatus.Queued));
        Assert.True(bench.Dispatcher.Queues[s_nine.Index].IsPaused);

        bench.Dispatcher.PauseQueues(new HashSet<JobQueue>());
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 40);
    }

    [Fact]
    public async Task Pause_WhatIsHeldInMemory_GoesBackAndWhatRunsEnds()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync(new() { MaxConcurrencyPerTrigger = 1 });
        var trigger = bench.AddTrigger(gate.PassAsync, priority: 9);
        var first = (await bench.AcceptAsync(trigger))!.Value;
        for (var i = 0; i < 5; i++) await bench.AcceptAsync(trigger);
        await Eventually.TrueAsync(() => gate.Running == 1, "one to run");

        bench.Dispatcher.PauseQueues(new HashSet<JobQueue> { s_nine });
        gate.Open();
        await bench.WaitForAsync(first, ExecutionStatus.Succeeded);

        await Eventually.TrueAsync(() => bench.Dispatcher.Figures.Held == 0, "all that waited to be back in the table");
        Assert.Single(gate.Started);

        bench.Dispatcher.PauseQueues(new HashSet<JobQueue>());
        for (var i = 0; i < 5; i++)
        {
            await Eventually.TrueAsync(() => gate.Started.Count == i + 2, "the next one");
            gate.Open();
        }
        await bench.WaitForCountAsync(ExecutionStatus.Succeeded, 6);
    }

    [Fact]
    public async Task RetryNow_Scheduled_IsDueAtOnce()
    {
        await using var bench = await EngineBench.StartAsync();
        var id = (await bench.AcceptAsync(bench.AddTrigger(), due: DateTimeOffset.UtcNow.AddHours(1)))!.Value;

        Assert.Null(await bench.Commands.TryRetryAsync(id, "me", CancellationToken.None));

        await bench.WaitForAsync(id, ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task MarkRunning_LongAttempt_SaysSinceWhen()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync();
        var before = bench.Time.GetUtcNow();
        var id = (await bench.AcceptAsync(bench.AddTrigger(gate.PassAsync)))!.Value;

        var row = await bench.WaitForAsync(id, ExecutionStatus.Running);

        Assert.InRange(row.StartedAt!.Value, before.AddMilliseconds(-1), bench.Time.GetUtcNow().AddMilliseconds(-400));
        gate.Open();
        await bench.WaitForAsync(id, ExecutionStatus.Succeeded);
    }

    [Fact]
    public async Task FindStuck_AttemptBeyondItsLimit_IsNamedUntilItEnds()
    {
        var gate = new Gate();
        await using var bench = await EngineBench.StartAsync();
        var id = (await bench.AcceptAsync(bench.AddTrigger(gate.PassAsync)))!.Value;
        await Eventually.TrueAsync(() => gate.Running == 1, "it to run");

        Assert.Empty(bench.Dispatcher.FindStuck((trigger, at) => StuckRule.IsStuck(bench.Triggers.Find(trigger), at, bench.Time.GetUtcNow())));
        var stuck = Assert.Single(bench.Dispatcher.FindStuck((trigger, at) => StuckRule.IsStuck(bench.Triggers.Find(trigger), at, bench.Time.GetUtcNow().AddSeconds(41)))); // the limit is 30 s

        Assert.Equal((id, 1), (stuck.ExecutionId, stuck.Attempt));
        gate.Open();
        await bench.WaitForAsync(id, ExecutionStatus.Succeeded);
        Assert.Empty(bench.Dispatcher.FindStuck((_, _) => true));
    }
}
