using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Jobs;

/// <summary>
/// Counts for all who look, at most once a second, and less often when counting takes long: it never takes more than a twentieth of
/// the time. What waits and what rests is counted along an index that holds nothing else; what succeeded comes from the sums per minute.
/// </summary>
internal sealed class JobCounters(
    IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerDirectory triggers, Dispatcher dispatcher, QueueSettings queues, NodeHealths nodes, FinishedSums sums, RealtimeRates rates, TimeProvider time) : IDisposable
{
    private const int MostLongRunning = 1000;
    private static readonly TimeSpan s_freshFor = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private JobStatistics? _last;
    private long _goodUntil;

    public async Task<JobStatistics> GetAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } fresh) return fresh;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } counted) return counted;
            var start = Stopwatch.GetTimestamp();
            var statistics = await CountAsync(cancellationToken);
            var took = Stopwatch.GetElapsedTime(start);
            _last = statistics;
            rates.Note(statistics);
            Volatile.Write(ref _goodUntil, time.GetTimestamp() + (long)(Math.Max(s_freshFor.TotalSeconds, took.TotalSeconds * 20) * time.TimestampFrequency));
            return statistics;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Someone has just changed something and wants to see it.</summary>
    public void Renew() => Volatile.Write(ref _goodUntil, long.MinValue);

    public void Dispose() => _turn.Dispose();

    private JobStatistics? Fresh() => _last is { } last && time.GetTimestamp() < Volatile.Read(ref _goodUntil) ? last : null;

    private async Task<JobStatistics> CountAsync(CancellationToken cancellationToken)
    {
        var now = time.Now();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var waiting = context.Executions.Where(e => e.OwnerId == null && e.FinishedAt == null && (e.Status == ExecutionStatus.Queued || e.Status == ExecutionStatus.Retrying));
        var due = await waiting.Where(e => e.DueAt <= now).GroupBy(e => new { e.Kind, e.Priority })
            .Select(g => new { g.Key.Kind, g.Key.Priority, Count = g.LongCount(), Oldest = g.Min(e => e.DueAt) }).ToListAsync(cancellationToken);
        var ahead = await waiting.Where(e => e.DueAt > now).GroupBy(e => e.Status).Select(g => new { Status = g.Key, Count = g.LongCount() }).ToListAsync(cancellationToken);
        var held = await context.Executions.Where(e => e.OwnerId != null).GroupBy(e => new { e.Status, e.Kind, e.Priority })
            .Select(g => new { g.Key.Status, g.Key.Kind, g.Key.Priority, Count = g.Count(), Oldest = g.Min(e => e.DueAt) }).ToListAsync(cancellationToken);
        var failed = await context.Executions.LongCountAsync(e => e.Status == ExecutionStatus.DeadLettered && !e.IsTest, cancellationToken);
        var deleted = await context.Executions.LongCountAsync(e => e.Status == ExecutionStatus.Cancelled && e.Status != ExecutionStatus.Succeeded && e.OwnerId == null, cancellationToken);
        var heartbeats = await context.Nodes.Select(n => n.HeartbeatAt).ToListAsync(cancellationToken);
        var running = await context.Executions.Where(e => e.OwnerId != null && e.Status == ExecutionStatus.Running).OrderBy(e => e.Id)
            .Select(e => new { e.TriggerId, e.StartedAt }).Take(MostLongRunning).ToListAsync(cancellationToken);
        var ended = await sums.ReadAsync(context, now, cancellationToken);

        var slots = dispatcher.Queues;
        var (all, views) = (new List<QueueView>(JobQueue.Count), new List<QueueView>());
        foreach (var queue in JobQueue.All)
        {
            var inTable = due.Find(d => d.Kind == queue.Kind && d.Priority == queue.Priority);
            var fetched = held.Where(h => h.Kind == queue.Kind && h.Priority == queue.Priority && h.Status != ExecutionStatus.Running).ToList();
            var slot = slots[queue.Index];
            var view = new QueueView
            {
                Queue = queue,
                Name = queue.Name,
                Waiting = (inTable?.Count ?? 0) + fetched.Sum(f => f.Count),
                Fetched = fetched.Sum(f => f.Count),
                OldestDueAt = fetched.Select(f => (DateTimeOffset?)f.Oldest).Append(inTable?.Oldest).Min(),
                Processing = held.Where(h => h.Kind == queue.Kind && h.Priority == queue.Priority && h.Status == ExecutionStatus.Running).Sum(h => h.Count),
                RunningHere = slot.Running,
                Workers = slot.Workers,
                Paused = slot.IsPaused,
                PausedBy = queues.PauseOf(queue)?.By,
                PausedAt = queues.PauseOf(queue)?.At,
            };
            all.Add(view);
            if (view.Waiting + view.Processing + view.RunningHere > 0 || view.Paused || slot.HasOwnWorkers) views.Add(view);
        }
        return new()
        {
            At = now,
            Enqueued = views.Sum(v => v.Waiting),
            Scheduled = ahead.Find(a => a.Status == ExecutionStatus.Queued)?.Count ?? 0,
            AwaitingRetry = ahead.Find(a => a.Status == ExecutionStatus.Retrying)?.Count ?? 0,
            Processing = views.Sum(v => (long)v.Processing),
            Succeeded = ended.Succeeded,
            Failed = failed,
            Deleted = deleted,
            Recurring = await context.Schedules.LongCountAsync(s => s.DeletedAt == null, cancellationToken),
            Servers = heartbeats.Count(h => nodes.Of(h, now) != NodeHealth.Lost),
            Stuck = running.Count(r => r.StartedAt is { } at && StuckRule.IsStuck(r.TriggerId is { } id ? triggers.Find(id) : null, at, now)),
            Queues = views,
            AllQueues = all,
            FailedInAll = ended.Failed,
            DeletedInAll = ended.Deleted,
        };
    }
}
