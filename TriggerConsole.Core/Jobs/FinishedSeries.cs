using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Jobs;

/// <summary>What ended in a stretch of time.</summary>
public sealed record FinishedPoint(DateTimeOffset Start, long Succeeded, long Failed, long Deleted)
{
    internal long All => Succeeded + Failed + Deleted;
}

/// <summary>What ended, by hour or day, for the history graph.</summary>
internal sealed class FinishedSeries(IDbContextFactory<TriggerConsoleDbContext> contexts)
{
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(366);

    /// <summary>One point per step, empty ones included; steps begin at midnight of the reader.</summary>
    /// <param name="step">An hour or whole hours.</param>
    /// <param name="zone">How far the reader's clock is ahead of UTC.</param>
    public async Task<IReadOnlyList<FinishedPoint>> ReadAsync(DateTimeOffset from, DateTimeOffset to, TimeSpan step, TimeSpan zone, CancellationToken cancellationToken)
    {
        var first = Floor(from, step, zone);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var byStep = (await HoursAsync(context, first, to, cancellationToken)).ToLookup(h => Floor(DateTimeOffset.UnixEpoch.AddHours(h.Hour), step, zone));
        var points = new List<FinishedPoint>();
        for (var at = first; at < to; at += step) points.Add(new(at, byStep[at].Sum(h => h.Succeeded), byStep[at].Sum(h => h.Failed), byStep[at].Sum(h => h.Deleted)));
        return points;
    }

    internal static DateTimeOffset Floor(DateTimeOffset time, TimeSpan step, TimeSpan zone)
    {
        var local = (time + zone).UtcTicks;
        return new DateTimeOffset(local - local % step.Ticks, TimeSpan.Zero) - zone;
    }

    // Summed by the database: a year has half a million minutes for each trigger. Zones are whole hours here; the odd half hour
    // of a few falls into its neighbour
    private static async Task<List<HourSum>> HoursAsync(TriggerConsoleDbContext context, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        const string Sums = "COALESCE(SUM(CAST(succeeded AS bigint)), 0) AS succeeded, COALESCE(SUM(CAST(dead_lettered AS bigint)), 0) AS failed, COALESCE(SUM(CAST(cancelled AS bigint)), 0) AS deleted";
        var hour = context switch
        {
            SqliteTriggerConsoleDbContext => "minute / 3600000000",
            PostgreSqlTriggerConsoleDbContext => "CAST(EXTRACT(EPOCH FROM minute) AS bigint) / 3600",
            _ => "DATEDIFF_BIG(HOUR, '1970-01-01', minute)",
        };
        var asNumbers = context is SqliteTriggerConsoleDbContext;
        object first = asNumbers ? from.ToUnixMicroseconds() : from.ToUniversalTime();
        object end = asNumbers ? to.ToUnixMicroseconds() : to.ToUniversalTime();
        var sql = $"SELECT {hour} AS hour, {Sums} FROM execution_statistics WHERE minute >= {{0}} AND minute < {{1}} GROUP BY {hour}";
        return await context.Database.SqlQueryRaw<HourSum>(sql, first, end).ToListAsync(cancellationToken);
    }

    internal sealed class HourSum
    {
        [System.ComponentModel.DataAnnotations.Schema.Column("hour")] public long Hour { get; set; }

        [System.ComponentModel.DataAnnotations.Schema.Column("succeeded")] public long Succeeded { get; set; }

        [System.ComponentModel.DataAnnotations.Schema.Column("failed")] public long Failed { get; set; }

        [System.ComponentModel.DataAnnotations.Schema.Column("deleted")] public long Deleted { get; set; }
    }
}
