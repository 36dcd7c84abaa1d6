using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using TriggerConsole.Core;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Templates;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Scheduling;

/// <summary>A tick and a database that is away, or that answers no more after it has written.</summary>
public sealed class ScheduleRunnerTests : IAsyncLifetime
{
    private readonly TestDatabase _database = TestDatabase.Sqlite();
    private FaultyStore _store = null!;
    private EngineBench _bench = null!;
    private ScheduleRunner _runner = null!;
    private Schedule _schedule = null!;

    public async Task InitializeAsync()
    {
        _bench = await EngineBench.StartAsync(new ExecutionOptions { ShutdownTimeout = TimeSpan.FromSeconds(5) }, database: _database, wrap: inner => _store = new(inner));
        var trigger = _bench.AddTrigger();
        _runner = new(_database, _bench.Triggers, new CallbackDirectory(), new SchedulePayloads(new TemplateRules(TemplateEnvironment.Empty, new NoSecrets())), _bench.Acceptor, _bench.Journal,
            _bench.Node, _bench.Time, NullLogger<ScheduleRunner>.Instance);
        var now = _bench.Time.Now();
        _schedule = new() { Id = Uuid7.New(now), Name = "Tick", Kind = ScheduleKind.Cron, Cron = "* * * * * *", TimeZone = "Etc/UTC", CreatedAt = now, UpdatedAt = now };
        await using var context = _database.CreateDbContext();
        context.Triggers.Add(new() { Id = trigger.Id, Kind = Core.Triggers.TriggerKind.Http, Name = "x", Settings = "{}", Retry = "{}", Limits = "{}", CreatedAt = now, UpdatedAt = now });
        _schedule.TriggerId = trigger.Id;
        context.Schedules.Add(_schedule);
        await context.SaveChangesAsync();
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task RunDue_WhileTheDatabaseIsAway_WaitsAndStoresItOnce()
    {
        var due = Due();
        _store.IsAway = true;
        var running = _runner.RunDueAsync(_schedule.Id, due, due.AddYears(1), CancellationToken.None);
        await Eventually.TrueAsync(() => _store.Writes > 0, "a try");
        Assert.False(running.IsCompleted);
        _store.IsAway = false;
        Assert.True(await running);
        Assert.Equal([(due, ScheduleRunOutcome.Fired)], (await RunsAsync()).Where(r => r.DueAt == due).Select(r => (r.DueAt, r.Outcome)));
    }

    [Fact]
    public async Task RunDue_AnswerLostAfterTheCommit_IsNotStoredTwice()
    {
        var due = Due();
        _store.LoseAnswerTo = entry => entry is AcceptEntry { Run: not null };
        Assert.True(await _runner.RunDueAsync(_schedule.Id, due, due.AddSeconds(1), CancellationToken.None));
        Assert.Null(_store.LoseAnswerTo);
        Assert.Single(await RunsAsync());
        await using var context = _database.CreateDbContext();
        Assert.Equal((1, 1), (await context.Events.CountAsync(), await context.Executions.CountAsync()));
    }

    [Fact]
    public async Task RunDue_StoppedWhileTheDatabaseIsAway_EndsSoThatQuartzRecoversIt()
    {
        _store.IsAway = true;
        using var stop = new CancellationTokenSource();
        var running = _runner.RunDueAsync(_schedule.Id, Due(), null, stop.Token);
        await Eventually.TrueAsync(() => _store.Writes > 0, "a try");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        _store.IsAway = false;
        Assert.Empty(await RunsAsync());
    }

    private DateTimeOffset Due()
    {
        var now = _bench.Time.Now();
        return new(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }

    private async Task<List<ScheduleRun>> RunsAsync()
    {
        await using var context = _database.CreateDbContext();
        return await context.ScheduleRuns.AsNoTracking().ToListAsync();
    }

    private sealed class NoSecrets : ISecretValues
    {
        public bool Exists(string name) => false;

        public string? Find(string name) => null;
    }
}
