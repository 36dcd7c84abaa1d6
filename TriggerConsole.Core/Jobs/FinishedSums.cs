using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Jobs;

/// <summary>What has ended since figures are kept.</summary>
internal readonly record struct FinishedSum(long Succeeded, long Failed, long Deleted)
{
    public static FinishedSum operator +(FinishedSum a, FinishedSum b) => new(a.Succeeded + b.Succeeded, a.Failed + b.Failed, a.Deleted + b.Deleted);
}

/// <summary>
/// Sums the figures per minute without reading the old ones again: minutes that no longer change are summed once and remembered.
/// Used by one reader at a time.
/// </summary>
internal sealed class FinishedSums
{
    // An attempt is counted in the minute in which it began, and may take ten
    private static readonly TimeSpan s_changes = TimeSpan.FromMinutes(15);

    private FinishedSum _sealed;
    private DateTimeOffset _sealedTo = DateTimeOffset.UnixEpoch;

    public async Task<FinishedSum> ReadAsync(TriggerConsoleDbContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var seal = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero) - s_changes;
        if (seal > _sealedTo) (_sealed, _sealedTo) = (_sealed + await SumAsync(context, _sealedTo, seal, cancellationToken), seal);
        return _sealed + await SumAsync(context, _sealedTo, DateTimeOffset.MaxValue, cancellationToken);
    }

    private static async Task<FinishedSum> SumAsync(TriggerConsoleDbContext context, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var minutes = context.Statistics.Where(s => s.Minute >= from);
        if (to < DateTimeOffset.MaxValue) minutes = minutes.Where(s => s.Minute < to);
        var sum = await minutes.GroupBy(_ => 1).Select(g => new { S = g.Sum(s => (long)s.Succeeded), D = g.Sum(s => (long)s.DeadLettered), C = g.Sum(s => (long)s.Cancelled) }).SingleOrDefaultAsync(cancellationToken);
        return sum is null ? default : new(sum.S, sum.D, sum.C);
    }
}
