using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Statistics;

/// <summary>Sums of a stretch of time.</summary>
public sealed record StatisticPoint(DateTimeOffset Start, int Accepted, int Succeeded, int DeadLettered, int Cancelled, int FailedAttempts, int Attempts, double MeanMs, double LongestMs);

/// <summary>One trigger's sums of a stretch of time.</summary>
public sealed record TriggerStatistic(Guid TriggerId, string Name, int Accepted, int Succeeded, int DeadLettered, int FailedAttempts, int Attempts, double MeanMs, double LongestMs);

/// <summary>Figures for Home and charts, from the sums per minute.</summary>
internal sealed class StatisticQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerDirectory triggers)
{
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

    private static DateTimeOffset Floor(DateTimeOffset time, TimeSpan step) => new(time.UtcTicks - time.UtcTicks % step.Ticks, TimeSpan.Zero);
}
