using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Core.Scheduling.Engine;

/// <summary>
/// Starts and stops Quartz, and keeps what it holds in line with the rows of <c>schedules</c>, which are the truth: Quartz knows
/// when, and nothing else. Whatever goes wrong between a row and Quartz is healed at the next start, or within a minute.
/// </summary>
internal sealed partial class ScheduleEngine(
    DatabaseTarget target, IOptions<DatabaseOptions> database, SqliteWriteGate gate, IDbContextFactory<TriggerConsoleDbContext> contexts, ScheduleRunner runner, ExecutionNode node,
    ExecutionJournal journal, ScheduleFeed feed, TimeProvider time, ILoggerFactory loggers, ILogger<ScheduleEngine> logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_round = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private StandaloneSchedulerFactory? _factory;
    private IScheduler? _scheduler;
    private CancellationTokenSource? _stopping;
    private Task _rounds = Task.CompletedTask;

    /// <summary>Connects, brings Quartz in line with all rows, and begins to fire.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _factory = QuartzSetup.Create(target, gate, database.Value.MigrateAtStart, node, time, loggers, runner, SyncAsync);
        try
        {
            _scheduler = await _factory.GetScheduler(cancellationToken);
        }
        catch (SchedulerException exception)
        {
            throw new InvalidOperationException(
                $"The tables in which it is kept when schedules are due (qrtz_…) cannot be used: {exception.Message}{(database.Value.MigrateAtStart ? "" : " Database:MigrateAtStart is false; run TriggerConsole once with --migrate.")}", exception);
        }
        await _scheduler.AddJob(JobBuilder.Create<TickJob>().WithIdentity(TickJob.Key).StoreDurably(true).RequestRecovery(true).Build(), AddJobOptions.Replacing, cancellationToken);
        var started = time.Now();
        var count = await SyncAllAsync(cancellationToken);
        journal.OnCommitted(feed.Committed);
        await _scheduler.Start(cancellationToken);
        _stopping = new();
        _rounds = RunRoundsAsync(started, _stopping.Token);
        LogStarted(count);
    }

    /// <summary>Fires no more, and lets what is being fired end. The journal must still be up.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_scheduler is null || _stopping is null) return;
        await _stopping.CancelAsync();
        await _rounds;
        await _scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
        _scheduler = null;
    }

    /// <summary>Makes Quartz's tables, without firing anything.</summary>
    public async Task ProvisionAsync(CancellationToken cancellationToken)
    {
        await using var factory = QuartzSetup.Create(target, gate, provision: true, node, time, loggers, runner, SyncAsync);
        var scheduler = await factory.GetScheduler(cancellationToken);
        await scheduler.Shutdown(waitForJobsToComplete: false, cancellationToken);
    }

    /// <summary>Brings Quartz in line with one row. Without Quartz on this node it does nothing: a node that has it finds the change by itself.</summary>
    public async Task SyncAsync(Guid id, CancellationToken cancellationToken)
    {
        if (_scheduler is not { } scheduler) return;
        await _one.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (await context.Schedules.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellationToken) is not { } row) return;
            var current = await scheduler.GetTrigger(TickJob.TriggerKey(id), cancellationToken) as TickTrigger;
            await AlignAsync(scheduler, row, current, await LastDueAsync(context, id, cancellationToken), cancellationToken);
        }
        finally
        {
            _one.Release();
        }
        feed.Tell(id);
    }

    /// <summary>For tests: when Quartz will fire it next; null when it will not.</summary>
    internal async Task<DateTimeOffset?> NextInQuartzAsync(Guid id)
        => _scheduler is null ? null : (await _scheduler.GetTrigger(TickJob.TriggerKey(id)))?.NextFireTimeUtc;

    public async ValueTask DisposeAsync()
    {
        _stopping?.Dispose();
        if (_factory is not null) await _factory.DisposeAsync();
        _one.Dispose();
    }

    private async Task<int> SyncAllAsync(CancellationToken cancellationToken)
    {
        var scheduler = _scheduler!;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Schedules.AsNoTracking().Where(s => s.DeletedAt == null).ToListAsync(cancellationToken);
        var known = await scheduler.QueryTriggers(new TriggerQuery { Group = GroupMatcher<TriggerKey>.GroupEquals(TickJob.Group), Take = PagedQuery.All }, cancellationToken);
        var current = new Dictionary<TriggerKey, TickTrigger>();
        foreach (var keys in known.Items.Select(t => t.Key).Chunk(200))
            foreach (var trigger in await scheduler.GetTriggers(keys, cancellationToken))
                if (trigger is TickTrigger tick) current[tick.Key] = tick;
        var wanted = new HashSet<TriggerKey>();
        foreach (var row in rows)
        {
            var key = TickJob.TriggerKey(row.Id);
            wanted.Add(key);
            var found = current.GetValueOrDefault(key);
            if (found is not null && !row.Paused && found.Times.Text == ScheduleTimes.TextOf(row)) continue;
            await AlignAsync(scheduler, row, found, await LastDueAsync(context, row.Id, cancellationToken), cancellationToken);
        }
        var gone = known.Items.Select(t => t.Key).Where(k => !wanted.Contains(k)).ToList();
        if (gone.Count > 0) await scheduler.UnscheduleJobs(gone, cancellationToken);
        return rows.Count;
    }

    private async Task AlignAsync(IScheduler scheduler, Schedule row, TickTrigger? current, DateTimeOffset? lastDue, CancellationToken cancellationToken)
    {
        TickTrigger? wanted;
        try
        {
            wanted = Wanted(row, lastDue);
        }
        catch (FormatException exception)
        {
            LogUnreadable(row.Id, exception.Message);
            wanted = null;
        }
        if (wanted is null || wanted.ComputeFirstFireTimeUtc(null) is null)
        {
            if (current is not null) await scheduler.UnscheduleJob(current.Key, cancellationToken);
        }
        else if (current?.Times.Text != wanted.Times.Text)
        {
            await scheduler.ScheduleTrigger(wanted, TriggerConflict.Replace, cancellationToken);
        }
    }

    private TickTrigger? Wanted(Schedule row, DateTimeOffset? lastDue)
    {
        if (row.DeletedAt is not null || row is { Paused: true, ResumeAt: null }) return null;
        var times = row.Paused ? ScheduleTimes.Once(row.ResumeAt!.Value) : ScheduleTimes.Of(row);
        // A single time stays due until history has it: also when it came while the schedule was paused
        var from = row.Paused || row.Kind == ScheduleKind.Once ? DateTimeOffset.MinValue : row.UpdatedAt;
        if (!row.Paused && lastDue > from) from = lastDue.Value;
        return new(times, time) { Key = TickJob.TriggerKey(row.Id), JobKey = TickJob.Key, StartTimeUtc = DateTimeOffset.UnixEpoch, From = from };
    }

    private static async Task<DateTimeOffset?> LastDueAsync(TriggerConsoleDbContext context, Guid id, CancellationToken cancellationToken)
        => await context.ScheduleRuns.AsNoTracking().Where(r => r.ScheduleId == id).OrderByDescending(r => r.DueAt).Select(r => (DateTimeOffset?)r.DueAt).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Finds what other nodes changed, and what was not brought in line because something went wrong.</summary>
    private async Task RunRoundsAsync(DateTimeOffset since, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_round, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var begin = time.Now();
                try
                {
                    await SyncChangedAsync(since - s_round, stoppingToken);
                    since = begin;
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    LogRoundFailed(exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // normal stop
        }
    }

    internal async Task SyncChangedAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        List<Guid> changed;
        await using (var context = await contexts.CreateDbContextAsync(cancellationToken))
            changed = await context.Schedules.AsNoTracking().Where(s => s.UpdatedAt >= since).Select(s => s.Id).ToListAsync(cancellationToken);
        foreach (var id in changed) await SyncAsync(id, cancellationToken);
    }

    [LoggerMessage(EventIds.ScheduleEngineStarted, LogLevel.Information, "Schedules are watched: {Count} of them.")]
    private partial void LogStarted(int count);

    [LoggerMessage(EventIds.ScheduleBroken, LogLevel.Warning, "Schedule {Schedule} cannot be read and does not run: {Fault}")]
    private partial void LogUnreadable(Guid schedule, string fault);

    [LoggerMessage(EventIds.ScheduleRoundFailed, LogLevel.Warning, "Schedules could not be compared with what is due; the next round follows.")]
    private partial void LogRoundFailed(Exception exception);
}
