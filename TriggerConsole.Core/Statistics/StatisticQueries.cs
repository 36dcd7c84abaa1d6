using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Statistics;

/// <summary>Sums of a stretch of time.</summary>
public sealed record StatisticPoint(DateTimeOffset Start, int Accepted, int Succeeded, int DeadLettered, int Cancelled, int FailedAttempts, int Attempts, double MeanMs, double LongestMs);

/// <summary>One trigger's sums of a stretch of time.</summary>
public sealed record TriggerStatistic(Guid TriggerId, string Name, int Accepted, int Succeeded, int DeadLettered, int FailedAttempts, int Attempts, double MeanMs, double LongestMs);

/// <summary>How many executions are in each state that asks for attention. Failed tests are no dead letters to see to.</summary>
public sealed record StatusCounts(long Queued, long Running, long Retrying, long Held, long DeadLettered);

/// <summary>Figures for Home and charts, from the sums per minute.</summary>
internal sealed class StatisticQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, ExecutionQueries executions, TriggerDirectory triggers, TimeProvider time)
{
    private static readonly TimeSpan s_countsAge = TimeSpan.FromSeconds(2);

    private readonly Lock _countsGate = new();
    private Task<StatusCounts>? _counts;
    private long _countsAt;

    /// <summary>One point per step from <paramref name="from"/> to <paramref name="to"/>, empty ones included.</summary>
    public async Task<IReadOnlyList<StatisticPoint>> SeriesAsync(DateTimeOffset from, DateTimeOffset to, TimeSpan step, Guid? triggerId, CancellationToken cancellationToken)
    {
        var first = Floor(from, step);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var minutes = context.Statistics.AsNoTracking().Where(s => s.Minute >= first && s.Minute < to);
        if (triggerId is { } id) minutes = minutes.Where(s => s.TriggerId == id);
        var rows = await minutes.GroupBy(s => s.Minute).Select(g => new
        {
            Minute = g.Key,
            Accepted = g.Sum(s => s.Accepted),
            Succeeded = g.Sum(s => s.Succeeded),
            DeadLettered = g.Sum(s => s.DeadLettered),
            Cancelled = g.Sum(s => s.Cancelled),
            FailedAttempts = g.Sum(s => s.FailedAttempts),
            Attempts = g.Sum(s => s.Attempts),
            Duration = g.Sum(s => s.DurationMicroseconds),
            Longest = g.Max(s => s.LongestMicroseconds),
        }).ToListAsync(cancellationToken);
        var byStep = rows.ToLookup(r => Floor(r.Minute, step));
        var points = new List<StatisticPoint>();
        for (var at = first; at < to; at += step)
        {
            var within = byStep[at].ToList();
            var attempts = within.Sum(r => r.Attempts);
            points.Add(new(at, within.Sum(r => r.Accepted), within.Sum(r => r.Succeeded), within.Sum(r => r.DeadLettered), within.Sum(r => r.Cancelled), within.Sum(r => r.FailedAttempts),
                attempts, attempts == 0 ? 0 : within.Sum(r => r.Duration) / 1000.0 / attempts, within.Count == 0 ? 0 : within.Max(r => r.Longest) / 1000.0));
        }
        return points;
    }

    /// <summary>Sums per trigger since a time; those with the most failed attempts first.</summary>
    public async Task<IReadOnlyList<TriggerStatistic>> ByTriggerAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Statistics.AsNoTracking().Where(s => s.Minute >= from).GroupBy(s => s.TriggerId).Select(g => new
        {
            g.Key,
            Accepted = g.Sum(s => s.Accepted),
            Succeeded = g.Sum(s => s.Succeeded),
            DeadLettered = g.Sum(s => s.DeadLettered),
            FailedAttempts = g.Sum(s => s.FailedAttempts),
            Attempts = g.Sum(s => s.Attempts),
            Duration = g.Sum(s => s.DurationMicroseconds),
            Longest = g.Max(s => s.LongestMicroseconds),
        }).ToListAsync(cancellationToken);
        return [.. rows.Where(r => triggers.Find(r.Key) is not null)
            .Select(r => new TriggerStatistic(r.Key, triggers.Find(r.Key)!.Name, r.Accepted, r.Succeeded, r.DeadLettered, r.FailedAttempts, r.Attempts,
                r.Attempts == 0 ? 0 : r.Duration / 1000.0 / r.Attempts, r.Longest / 1000.0))
            .OrderByDescending(s => s.FailedAttempts).ThenByDescending(s => s.Attempts)];
    }

    /// <summary>At most two seconds old, and counted once for all who ask: with a million waiting, counting takes a while.</summary>
    public Task<StatusCounts> CountsAsync(CancellationToken cancellationToken)
    {
        lock (_countsGate)
        {
            if (_counts is null or { IsFaulted: true } || (_counts.IsCompleted && time.GetElapsedTime(_countsAt) > s_countsAge))
            {
                _counts = CountAsync();
                _countsAt = time.GetTimestamp();
            }
            return _counts.WaitAsync(cancellationToken);
        }
    }

    private async Task<StatusCounts> CountAsync() => new(
        await CountAsync(ExecutionStatus.Queued, CancellationToken.None),
        await CountAsync(ExecutionStatus.Running, CancellationToken.None),
        await CountAsync(ExecutionStatus.Retrying, CancellationToken.None),
        await CountAsync(ExecutionStatus.Held, CancellationToken.None),
        await executions.CountAsync(new() { Statuses = [ExecutionStatus.DeadLettered], Test = false }, CancellationToken.None));

    private Task<long> CountAsync(ExecutionStatus status, CancellationToken cancellationToken)
        => executions.CountAsync(new ExecutionFilter { Statuses = [status] }, cancellationToken);

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan step) => new(time.UtcTicks - time.UtcTicks % step.Ticks, TimeSpan.Zero);
}
