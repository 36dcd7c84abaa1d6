using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Conformance;

/// <summary>What every execution store must do; each implementation plugs in a database.</summary>
public abstract class ExecutionStoreConformance : IAsyncLifetime
{
    private readonly Guid _node = Guid.NewGuid();
    private TestDatabase _database = null!;
    private IExecutionStore _store = null!;

    private protected abstract Task<(TestDatabase Database, IExecutionStore Store)> CreateAsync();

    public async Task InitializeAsync() => (_database, _store) = await CreateAsync();

    public Task DisposeAsync()
    {
        _store?.Dispose();
        _database?.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Accept_EventWithExecutions_ReadsBackAsWritten()
    {
        var body = new byte[] { 0, 1, 0xFF, 0xC0, (byte)'{', 0 };
        var stored = Sample.Event(body, callbackId: Guid.NewGuid());
        var executions = new[] { Sample.Execution(stored, owner: _node, priority: 9), Sample.Execution(stored, due: Sample.Now.AddHours(1)) };

        Write(new AcceptEntry(stored, executions));

        await using var context = _database.CreateDbContext();
        var read = await context.Events.SingleAsync();
        Assert.Equivalent(stored, read, strict: true);
        Assert.Equal(body, read.Body);
        var rows = await context.Executions.OrderBy(e => e.Id).ToListAsync();
        Assert.Equivalent(executions, rows, strict: true);
    }

    [Fact]
    public async Task Accept_EmptyBody_StaysEmptyAndNotNull()
    {
        Write(new AcceptEntry(Sample.Event([]), []));

        await using var context = _database.CreateDbContext();
        Assert.Empty((await context.Events.SingleAsync()).Body);
    }

    [Fact]
    public async Task Accept_TextThatDatabasesRefuse_IsStoredAllTheSame()
    {
        var stored = Sample.Event();
        var execution = Sample.Execution(stored, owner: _node);
        Write(new AcceptEntry(stored, [execution]));
        var change = new ExecutionChange(execution.TriggerId, ExecutionStatus.DeadLettered, Sample.Now, Sample.Now, "POST http://t/a\0b");
        var attempt = new Attempt { ExecutionId = execution.Id, Number = 1, StartedAt = Sample.Now, DurationMicroseconds = 1, Succeeded = false, Failure = FailureKind.Permanent, Code = "x", Detail = "half \ud83d a pair, NUL \0", NodeId = _node };

        Write(new AttemptEntry(attempt, change));

        await using var context = _database.CreateDbContext();
        Assert.Equal(ExecutionStatus.DeadLettered, (await context.Executions.SingleAsync()).Status);
        Assert.StartsWith("half ", (await context.Attempts.SingleAsync()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_OneEntryFails_NothingOfTheBatchIsWritten()
    {
        var first = Sample.Event();
        Write(new AcceptEntry(first, []));

        Assert.ThrowsAny<Exception>(() => Write(new AcceptEntry(Sample.Event(), []), new AcceptEntry(first, [])));
        Write(new AcceptEntry(Sample.Event(), [])); // and it goes on working

        await using var context = _database.CreateDbContext();
        Assert.Equal(2, await context.Events.CountAsync());
    }

    [Fact]
    public async Task Attempt_Succeeded_FinishesTheExecution()
    {
        var stored = Sample.Event();
        var execution = Sample.Execution(stored, owner: _node);
        Write(new AcceptEntry(stored, [execution]));
        var entry = Sample.Attempt(execution, 1, ExecutionStatus.Succeeded);

        Write(entry);

        await using var context = _database.CreateDbContext();
        var row = await context.Executions.SingleAsync();
        Assert.Equal((ExecutionStatus.Succeeded, 1, null, Sample.Now), (row.Status, row.Attempts, row.OwnerId, row.FinishedAt!.Value));
        Assert.Equal(("http_200", null, "POST http://target/", 1500L), (row.LastCode, row.LastFailure, row.Target, row.LastDurationMicroseconds));
        Assert.Equivalent(entry.Attempt, await context.Attempts.SingleAsync(), strict: true);
    }

    [Fact]
    public async Task Attempt_WrittenTwice_CountsBothTimesAndStandsOnce()
    {
        var stored = Sample.Event();
        var (done, again) = (Sample.Execution(stored, owner: _node), Sample.Execution(stored, owner: _node));
        Write(new AcceptEntry(stored, [done, again]));
        AttemptEntry[] Make() => [Sample.Attempt(done, 1, ExecutionStatus.Succeeded), Sample.Attempt(again, 1, ExecutionStatus.Retrying)];

        var first = Make();
        Write(first);
        var second = Make(); // the answer to the commit was lost
        Write(second);

        Assert.All([.. first, .. second], entry => Assert.True(entry.Applied));
        await using var context = _database.CreateDbContext();
        Assert.Equal(2, await context.Attempts.CountAsync());
    }

    [Fact]
    public async Task Attempt_OfANodeThatLostTheExecution_IsNotWritten()
    {
        var stored = Sample.Event();
        var trigger = Guid.NewGuid();
        var lost = Guid.NewGuid();
        var (taken, waits, own) = (Sample.Execution(stored, trigger, owner: lost), Sample.Execution(stored, owner: lost), Sample.Execution(stored, owner: _node));
        Write(new AcceptEntry(stored, [taken, waits, own]));
        _store.Recover(_node, Sample.Now);
        Assert.Single(Claim(trigger, 10).Claimed);
        AttemptEntry[] late = [Sample.Attempt(taken, 1, ExecutionStatus.Succeeded), Sample.Attempt(own, 1, ExecutionStatus.Succeeded), Sample.Attempt(waits, 1, ExecutionStatus.DeadLettered)];

        Write(late);

        Assert.Equal([false, true, false], late.Select(e => e.Applied));
        await using var context = _database.CreateDbContext();
        Assert.Equal(own.Id, (await context.Attempts.SingleAsync()).ExecutionId);
        var row = await context.Executions.SingleAsync(e => e.Id == taken.Id);
        Assert.Equal((ExecutionStatus.Queued, _node, 0, 1), (row.Status, row.OwnerId!.Value, row.Attempts, row.Recoveries));
        Assert.False(Move(taken, ExecutionMove.Release, lost).Applied);
    }

    [Fact]
    public async Task Attempt_AfterTheEnd_ChangesNothing()
    {
        var stored = Sample.Event();
        var execution = Sample.Execution(stored, owner: _node);
        Write(new AcceptEntry(stored, [execution]), new MoveEntry(execution.Id, ExecutionMove.CancelOwned, Sample.Now, _node));

        var late = Sample.Attempt(execution, 1, ExecutionStatus.Succeeded);
        Write(late);

        Assert.False(late.Applied);
        await using var context = _database.CreateDbContext();
        Assert.Equal(ExecutionStatus.Cancelled, (await context.Executions.SingleAsync()).Status);
        Assert.Equal(0, await context.Attempts.CountAsync());
    }

    [Fact]
    public void Claim_TakesWhatIsDue_HighestPriorityThenOldestFirst()
    {
        var trigger = Guid.NewGuid();
        var stored = Sample.Event();
        Execution Make(int priority, int dueSeconds, Guid? owner = null) => Sample.Execution(stored, trigger, priority, Sample.Now.AddSeconds(dueSeconds), owner);
        var low = Make(1, -60);
        var old = Make(5, -30);
        var young = Make(5, -10);
        var high = Make(9, -1);
        var future = Make(5, 60);
        var elsewhere = Make(9, -5, Guid.NewGuid());
        Write(new AcceptEntry(stored, [low, young, old, high, future, elsewhere, Sample.Execution(stored)]));

        var some = Claim(trigger, 2);
        var rest = Claim(trigger, 10);

        Assert.Equal([high.Id, old.Id], some.Claimed.Select(c => c.Execution.Id));
        Assert.False(some.Exhausted);
        Assert.Equal([young.Id, low.Id], rest.Claimed.Select(c => c.Execution.Id));
        Assert.True(rest.Exhausted);
        Assert.Equal(future.DueAt, rest.NextDue);
        Assert.All(rest.Claimed, c => Assert.Equal(_node, c.Execution.OwnerId));
        Assert.Equivalent(stored, rest.Claimed[0].Event, strict: true);
        Assert.Empty(Claim(trigger, 10).Claimed);
    }

    [Fact]
    public void Claim_LargePayloads_StopsAtTheBytesAsked()
    {
        var trigger = Guid.NewGuid();
        for (var i = 0; i < 4; i++)
        {
            var stored = Sample.Event(new byte[1000]);
            Write(new AcceptEntry(stored, [Sample.Execution(stored, trigger)]));
        }

        var claim = new ClaimEntry(trigger, _node, 10, 1500, Sample.Now);
        Write(claim);

        Assert.Equal(2, claim.Claimed.Count);
        Assert.False(claim.Exhausted);
        Assert.Equal(2, Claim(trigger, 10).Claimed.Count);
    }

    [Fact]
    public void Claim_NothingThere_IsExhaustedWithoutNextDue()
    {
        var claim = Claim(Guid.NewGuid(), 5);

        Assert.True(claim.Exhausted);
        Assert.Null(claim.NextDue);
    }

    [Fact]
    public async Task Recover_AfterACrash_GivesBackWhatOthersHeld()
    {
        var stored = Sample.Event();
        var trigger = Guid.NewGuid();
        var dead = Guid.NewGuid();
        var running = Sample.Execution(stored, trigger, owner: dead);
        var mine = Sample.Execution(stored, trigger, owner: _node);
        var waiting = Sample.Execution(stored, trigger);
        Write(new AcceptEntry(stored, [running, mine, waiting]), new MoveEntry(running.Id, ExecutionMove.MarkRunning, Sample.Now, dead));

        var recovered = _store.Recover(_node, Sample.Now);

        Assert.Equal(1, recovered);
        await using var context = _database.CreateDbContext();
        var row = await context.Executions.SingleAsync(e => e.Id == running.Id);
        Assert.Equal((ExecutionStatus.Queued, 1, null), (row.Status, row.Recoveries, row.OwnerId));
        Assert.Equal(_node, (await context.Executions.SingleAsync(e => e.Id == mine.Id)).OwnerId);
        var note = await context.ExecutionActions.SingleAsync();
        Assert.Equal((running.Id, ExecutionActionKind.Recovered, null, _node), (note.ExecutionId, note.Kind, note.Actor, note.NodeId!.Value));
        Assert.Equal(2, Claim(trigger, 10).Claimed.Count);
    }

    [Fact]
    public async Task Move_ByAPerson_IsNotedOnceWithWhoAndWhy()
    {
        var stored = Sample.Event();
        var waiting = Sample.Execution(stored);
        Write(new AcceptEntry(stored, [waiting]));
        MoveEntry Cancel() => new(waiting.Id, ExecutionMove.Cancel, Sample.Now) { Actor = "ada@example.com", Reason = "trigger deleted", NodeId = _node };

        Write(Cancel());
        Write(Cancel()); // no longer where the move starts from: nothing is noted

        await using var context = _database.CreateDbContext();
        var expected = new ExecutionAction { ExecutionId = waiting.Id, At = Sample.Now, Kind = ExecutionActionKind.Cancelled, Actor = "ada@example.com", Detail = "trigger deleted", NodeId = _node };
        Assert.Equivalent(expected, await context.ExecutionActions.SingleAsync(), strict: true);
    }

    [Fact]
    public async Task Move_Discard_OnlyDeadLettersAndTheyCanBeRetried()
    {
        var stored = Sample.Event();
        var dead = Sample.Execution(stored, owner: _node);
        var done = Sample.Execution(stored, owner: _node);
        Write(new AcceptEntry(stored, [dead, done]));
        Write(Sample.Attempt(dead, 1, ExecutionStatus.DeadLettered), Sample.Attempt(done, 1, ExecutionStatus.Succeeded));

        Assert.Equal((true, false), (Move(dead, ExecutionMove.Discard).Applied, Move(done, ExecutionMove.Discard).Applied));
        await using (var context = _database.CreateDbContext())
            Assert.Equal(ExecutionStatus.Cancelled, (await context.Executions.SingleAsync(e => e.Id == dead.Id)).Status);
        Assert.True(Move(dead, ExecutionMove.RetryNow).Applied);
    }

    [Fact]
    public async Task Run_SameTickTwice_IsAcceptedOnce()
    {
        var schedule = Guid.NewGuid();
        AcceptEntry Tick(DateTimeOffset due, bool isFired = true)
        {
            var stored = Sample.Event();
            var run = new ScheduleRun
            {
                ScheduleId = schedule,
                DueAt = due,
                FiredAt = Sample.Now,
                Outcome = isFired ? ScheduleRunOutcome.Fired : ScheduleRunOutcome.SkippedOverlap,
                Detail = isFired ? null : "The run before is not finished.",
                EventId = isFired ? stored.Id : null,
                NodeId = _node,
            };
            return isFired ? new(stored, [Sample.Execution(stored)]) { Run = run } : new(null, []) { Run = run };
        }
        var (first, same, next, left) = (Tick(Sample.Now), Tick(Sample.Now), Tick(Sample.Now.AddSeconds(1)), Tick(Sample.Now.AddSeconds(2), isFired: false));

        Write(first, same);
        Write(next, left);
        var late = Tick(Sample.Now);
        Write(late);

        Assert.Equal((false, true, false, false, true), (first.HasRun, same.HasRun, next.HasRun, left.HasRun, late.HasRun));
        await using var context = _database.CreateDbContext();
        Assert.Equal([first.Event!.Id, next.Event!.Id], await context.Events.OrderBy(e => e.Id).Select(e => e.Id).ToListAsync());
        Assert.Equal(2, await context.Executions.CountAsync());
        Assert.Equivalent(new[] { first.Run, next.Run, left.Run }, await context.ScheduleRuns.OrderBy(r => r.DueAt).ToListAsync(), strict: true);
    }

    [Fact]
    public async Task Move_Cancel_OnlyWhatNoOneHolds()
    {
        var stored = Sample.Event();
        var waiting = Sample.Execution(stored);
        var held = Sample.Execution(stored, owner: _node);
        Write(new AcceptEntry(stored, [waiting, held]));

        var first = Move(waiting, ExecutionMove.Cancel);
        var again = Move(waiting, ExecutionMove.Cancel);
        var refused = Move(held, ExecutionMove.Cancel);
        var owned = Move(held, ExecutionMove.CancelOwned, _node);

        Assert.Equal((true, waiting.TriggerId), (first.Applied, first.TriggerId));
        Assert.Equal((false, false, true), (again.Applied, refused.Applied, owned.Applied));
        await using var context = _database.CreateDbContext();
        Assert.All(await context.Executions.ToListAsync(), e => Assert.Equal((ExecutionStatus.Cancelled, null), (e.Status, e.OwnerId)));
    }

    [Fact]
    public async Task Move_RetryNow_RevivesDeadLettersAndDoesNotTouchSuccesses()
    {
        var stored = Sample.Event();
        var trigger = Guid.NewGuid();
        var dead = Sample.Execution(stored, trigger, owner: _node);
        var done = Sample.Execution(stored, trigger, owner: _node);
        Write(new AcceptEntry(stored, [dead, done]));
        Write(Sample.Attempt(dead, 1, ExecutionStatus.DeadLettered), Sample.Attempt(done, 1, ExecutionStatus.Succeeded));

        Assert.True(Move(dead, ExecutionMove.RetryNow).Applied);
        Assert.False(Move(done, ExecutionMove.RetryNow).Applied);

        await using var context = _database.CreateDbContext();
        var row = await context.Executions.SingleAsync(e => e.Id == dead.Id);
        Assert.Equal((ExecutionStatus.Retrying, null, 1), (row.Status, row.FinishedAt, row.Attempts));
        var claimed = Assert.Single(Claim(trigger, 10).Claimed);
        Assert.Equal((dead.Id, 1), (claimed.Execution.Id, claimed.Execution.Attempts));
    }

    [Fact]
    public async Task Release_AndReleaseAll_GiveBackWithoutUsingAnAttempt()
    {
        var stored = Sample.Event();
        var trigger = Guid.NewGuid();
        var executions = Enumerable.Range(0, 3).Select(_ => Sample.Execution(stored, trigger, owner: _node)).ToArray();
        Write(new AcceptEntry(stored, executions), new MoveEntry(executions[0].Id, ExecutionMove.MarkRunning, Sample.Now, _node));

        Assert.True(Move(executions[0], ExecutionMove.Release, _node).Applied);
        Write(new ReleaseAllEntry(_node));

        await using var context = _database.CreateDbContext();
        Assert.All(await context.Executions.ToListAsync(), e => Assert.Equal((ExecutionStatus.Queued, null, 0, 0), (e.Status, e.OwnerId, e.Attempts, e.Recoveries)));
        Assert.Equal(3, Claim(trigger, 10).Claimed.Count);
    }

    [Fact]
    public async Task Key_SentTwice_IsAcceptedOnce()
    {
        var first = Keyed("k", 1);
        var second = Keyed("k", 1, storeDuplicate: true);
        var other = Keyed("k", 2, storeDuplicate: true);

        Write(first, second);
        Write(other);

        Assert.Null(first.Earlier);
        Assert.Equal(first.Event!.Id, second.Earlier!.EventId);
        Assert.NotEqual(other.Key!.Fingerprint, other.Earlier!.Fingerprint);
        await using var context = _database.CreateDbContext();
        Assert.Equal([first.Event.Id, second.EventIfDuplicate!.Id], await context.Events.OrderBy(e => e.Id).Select(e => e.Id).ToListAsync());
        Assert.Equal(1, await context.Executions.CountAsync());
    }

    [Fact]
    public async Task Key_Expired_IsAcceptedAgain()
    {
        Write(Keyed("k", 1, expires: Sample.Now.AddMinutes(-1)));
        var again = Keyed("k", 2);

        Write(again);

        Assert.Null(again.Earlier);
        await using var context = _database.CreateDbContext();
        Assert.Equal(again.Event!.Id, (await context.IdempotencyKeys.SingleAsync()).EventId);
    }

    [Fact]
    public async Task Statistics_WrittenTwice_AddUp()
    {
        var trigger = Guid.NewGuid();
        ExecutionStatistic Make() => new() { Minute = Sample.Now, TriggerId = trigger, Accepted = 3, Succeeded = 2, Attempts = 4, FailedAttempts = 2, DeadLettered = 1, DurationMicroseconds = 100, LongestMicroseconds = 60 };

        _store.Write([], [Make()]);
        var more = Make();
        more.LongestMicroseconds = 90;
        _store.Write([], [more]);

        await using var context = _database.CreateDbContext();
        var row = await context.Statistics.SingleAsync();
        Assert.Equal((6, 4, 8, 4, 2, 200L, 90L), (row.Accepted, row.Succeeded, row.Attempts, row.FailedAttempts, row.DeadLettered, row.DurationMicroseconds, row.LongestMicroseconds));
    }

    [Fact]
    public async Task Rejection_AndProbe_AreWritten()
    {
        var rejection = new Rejection { Id = Sample.Id(), At = Sample.Now, Reason = "token_wrong", Method = "POST", Path = "/api/trigger/x", ContentLength = 12 };

        Write(new RejectionEntry(rejection), new ProbeEntry(Sample.Now), new ProbeEntry(Sample.Now.AddSeconds(1)));

        await using var context = _database.CreateDbContext();
        Assert.Equivalent(rejection, await context.Rejections.SingleAsync(), strict: true);
        Assert.Equal(Sample.Now.AddSeconds(1), (await context.Settings.SingleAsync()).UpdatedAt);
    }

    [Fact]
    public async Task Clean_EachPart_DeletesOnlyWhatIsOldAndOfThatPart()
    {
        var old = Sample.Now.AddDays(-10);
        Guid Finished(DateTimeOffset at, ExecutionStatus status)
        {
            var stored = Sample.Event(at: at);
            var execution = Sample.Execution(stored, owner: _node);
            Write(new AcceptEntry(stored, [execution]));
            Write(Sample.Attempt(execution, 1, status));
            return execution.Id;
        }
        for (var i = 0; i < 5; i++) Finished(old, ExecutionStatus.Succeeded);
        var dead = Finished(old, ExecutionStatus.DeadLettered);
        var young = Finished(Sample.Now, ExecutionStatus.Succeeded);
        Write(new RejectionEntry(new() { Id = Sample.Id(old), At = old, Reason = "x", Method = "GET", Path = "/" }));
        _store.Write([], [new() { Minute = old, TriggerId = Guid.NewGuid() }]);
        Write(Keyed("old", 1, expires: old));

        var succeeded = Clean(HistoryPart.Succeeded, 2);
        var events = Clean(HistoryPart.Events, 2);
        Assert.Equal((5, 5), (succeeded, events));
        await using (var context = _database.CreateDbContext())
        {
            Assert.Equal([dead, young], await context.Executions.Where(e => e.Status != ExecutionStatus.Queued).OrderBy(e => e.Id).Select(e => e.Id).ToListAsync());
            Assert.Equal(2, await context.Attempts.CountAsync());
            Assert.Equal(3, await context.Events.CountAsync());
        }
        Assert.Equal((1, 1, 1, 1, 0), (Clean(HistoryPart.DeadLettered, 10), Clean(HistoryPart.Rejections, 10), Clean(HistoryPart.Statistics, 10), Clean(HistoryPart.IdempotencyKeys, 10), Clean(HistoryPart.Cancelled, 10)));
        Write(new AcceptEntry(null, []) { Run = new() { ScheduleId = Guid.NewGuid(), DueAt = old, FiredAt = old, Outcome = ScheduleRunOutcome.Failed } });
        Assert.Equal((1, 0), (Clean(HistoryPart.ScheduleRuns, 1), Clean(HistoryPart.ScheduleRuns, 1)));
        // The last run of a schedule that is there stays: without it a single time would be due again
        var schedule = new Schedule { Id = Guid.NewGuid(), Name = "Once", Kind = ScheduleKind.Once, At = old, TimeZone = "Etc/UTC", CreatedAt = old, UpdatedAt = old };
        await using (var context = _database.CreateDbContext())
        {
            context.Schedules.Add(schedule);
            await context.SaveChangesAsync();
        }
        foreach (var seconds in new[] { 0, 1, 2 }) Write(new AcceptEntry(null, []) { Run = new() { ScheduleId = schedule.Id, DueAt = old.AddSeconds(seconds), FiredAt = old, Outcome = ScheduleRunOutcome.Failed } });
        Assert.Equal((2, 0), (Clean(HistoryPart.ScheduleRuns, 10), Clean(HistoryPart.ScheduleRuns, 10)));
        Assert.Equal(1, Clean(HistoryPart.Events, 10));
    }

    private int Clean(HistoryPart part, int limit)
    {
        var deleted = 0;
        Guid? after = Guid.Empty;
        while (after is { } from)
        {
            var entry = new CleanEntry(part, Sample.Now.AddDays(-5), from, limit);
            Write(entry);
            deleted += entry.Deleted;
            after = entry.Next;
        }
        return deleted;
    }

    private ClaimEntry Claim(Guid trigger, int limit)
    {
        var entry = new ClaimEntry(trigger, _node, limit, long.MaxValue, Sample.Now);
        Write(entry);
        return entry;
    }

    private MoveEntry Move(Execution execution, ExecutionMove move, Guid? owner = null)
    {
        var entry = new MoveEntry(execution.Id, move, Sample.Now, owner);
        Write(entry);
        return entry;
    }

    private static AcceptEntry Keyed(string key, byte fingerprint, DateTimeOffset? expires = null, bool storeDuplicate = false)
    {
        var stored = Sample.Event();
        return new(stored, [Sample.Execution(stored)])
        {
            Key = new IdempotencyKey { Scope = s_scope, Key = key, EventId = stored.Id, Fingerprint = [fingerprint], ExpiresAt = expires ?? Sample.Now.AddHours(1) },
            EventIfDuplicate = storeDuplicate ? Sample.Event() : null,
        };
    }

    private static readonly Guid s_scope = Guid.NewGuid();

    private void Write(params JournalEntry[] entries) => _store.Write(entries, []);
}
