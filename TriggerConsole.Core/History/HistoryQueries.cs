using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.History;

/// <summary>How much there is of one part of history.</summary>
/// <param name="Oldest">When its oldest row was made; null when there is none.</param>
public sealed record HistoryFigure(long Rows, DateTimeOffset? Oldest);

/// <summary>How much history there is, by what the retention settings tell apart.</summary>
public sealed record HistoryFigures(HistoryFigure Succeeded, HistoryFigure DeadLettered, HistoryFigure Cancelled, HistoryFigure Events, HistoryFigure Rejections, HistoryFigure Statistics);

/// <summary>Counts history. With millions of rows it takes a moment; nothing waits for it but the page that asks.</summary>
internal sealed class HistoryQueries(IDbContextFactory<TriggerConsoleDbContext> contexts)
{
    public async Task<HistoryFigures> FiguresAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var executions = context.Executions.AsNoTracking();
        // Successes are what is left when all others, which have indexes, are taken away
        var all = await executions.LongCountAsync(cancellationToken);
        var unsuccessful = await executions.LongCountAsync(e => e.Status != ExecutionStatus.Succeeded && e.OwnerId == null, cancellationToken);
        var running = await executions.LongCountAsync(e => e.OwnerId != null, cancellationToken);
        return new(
            new(all - unsuccessful - running, await OldestAsync(executions.Where(e => e.Status == ExecutionStatus.Succeeded).OrderBy(e => e.Id).Select(e => e.CreatedAt), cancellationToken)),
            await UnsuccessfulAsync(executions, ExecutionStatus.DeadLettered, cancellationToken),
            await UnsuccessfulAsync(executions, ExecutionStatus.Cancelled, cancellationToken),
            new(await context.Events.LongCountAsync(cancellationToken), await OldestAsync(context.Events.OrderBy(e => e.Id).Select(e => e.ReceivedAt), cancellationToken)),
            new(await context.Rejections.LongCountAsync(cancellationToken), await OldestAsync(context.Rejections.OrderBy(r => r.Id).Select(r => r.At), cancellationToken)),
            new(await context.Statistics.LongCountAsync(cancellationToken), await OldestAsync(context.Statistics.OrderBy(s => s.Minute).Select(s => s.Minute), cancellationToken)));
    }

    private static async Task<HistoryFigure> UnsuccessfulAsync(IQueryable<Execution> executions, ExecutionStatus status, CancellationToken cancellationToken)
    {
        // "Not succeeded" and "no owner" are the condition of the partial index
        var rows = executions.Where(e => e.Status != ExecutionStatus.Succeeded && e.OwnerId == null && e.Status == status);
        return new(await rows.LongCountAsync(cancellationToken), await OldestAsync(rows.OrderBy(e => e.Id).Select(e => e.CreatedAt), cancellationToken));
    }

    private static async Task<DateTimeOffset?> OldestAsync(IQueryable<DateTimeOffset> times, CancellationToken cancellationToken)
    {
        var oldest = await times.Take(1).ToListAsync(cancellationToken);
        return oldest.Count == 0 ? null : oldest[0];
    }
}
