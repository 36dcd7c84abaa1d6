using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Jobs;

/// <summary>The order in which a list can be walked along an index, whatever is stored.</summary>
internal enum JobOrder
{
    NewestFirst,
    OldestFirst,
    DueFirst,
}

/// <summary>A filter as queries that together cover it without overlap, each of which one index serves.</summary>
internal static class JobSeeks
{
    public static IReadOnlyList<IQueryable<Execution>> Of(TriggerConsoleDbContext context, JobFilter filter, DateTimeOffset now)
    {
        var all = context.Executions.AsNoTracking();
        if (filter.From is { } from)
        {
            var first = Uuid7.Floor(from);
            all = all.Where(e => e.Id >= first);
        }
        if (filter.To is { } to)
        {
            var end = Uuid7.Floor(to);
            all = all.Where(e => e.Id < end);
        }
        if (filter.Queue is { } queue) all = all.Where(e => e.Kind == queue.Kind && e.Priority == queue.Priority);
        if (filter.Kind is { } kind) all = all.Where(e => e.Kind == kind);
        if (filter.TriggerId is { } trigger) all = all.Where(e => e.TriggerId == trigger);
        if (filter.Code is { Length: > 0 } code) all = all.Where(e => e.LastCode == code);
        if (filter.NodeId is { } node) all = all.Where(e => e.OwnerId == node);
        return ByState(all, filter.State, now);
    }

    public static IOrderedQueryable<Execution> Order(IQueryable<Execution> seek, JobOrder order) => order switch
    {
        JobOrder.DueFirst => seek.OrderBy(e => e.DueAt).ThenBy(e => e.Id),
        JobOrder.OldestFirst => seek.OrderBy(e => e.Id),
        _ => seek.OrderByDescending(e => e.Id),
    };

    /// <summary>Only what comes after the cursor, in that order.</summary>
    public static IQueryable<Execution> After(IQueryable<Execution> seek, JobCursor? cursor, JobOrder order)
    {
        if (cursor is not { } after) return seek;
        return order switch
        {
            // As a range first, so that the index is entered there
            JobOrder.DueFirst => seek.Where(e => e.DueAt >= after.DueAt && (e.DueAt > after.DueAt || e.Id > after.Id)),
            JobOrder.OldestFirst => seek.Where(e => e.Id > after.Id),
            _ => seek.Where(e => e.Id < after.Id),
        };
    }

    private static IReadOnlyList<IQueryable<Execution>> ByState(IQueryable<Execution> all, JobState? state, DateTimeOffset now)
    {
        // "No owner" and "not finished" say nothing new in part, but they are the conditions of the partial indexes
        var waiting = all.Where(e => e.OwnerId == null && e.FinishedAt == null);
        var resting = all.Where(e => e.Status != ExecutionStatus.Succeeded && e.OwnerId == null);
        var held = all.Where(e => e.OwnerId != null);
        return state switch
        {
            null => [all],
            JobState.Enqueued => [
                waiting.Where(e => e.Status == ExecutionStatus.Queued && e.DueAt <= now),
                waiting.Where(e => e.Status == ExecutionStatus.Retrying && e.DueAt <= now),
                held.Where(e => e.Status == ExecutionStatus.Queued),
                held.Where(e => e.Status == ExecutionStatus.Retrying)],
            JobState.Scheduled => [waiting.Where(e => e.Status == ExecutionStatus.Queued && e.DueAt > now)],
            JobState.AwaitingRetry => [waiting.Where(e => e.Status == ExecutionStatus.Retrying && e.DueAt > now)],
            JobState.Processing => [held.Where(e => e.Status == ExecutionStatus.Running)],
            JobState.Succeeded => [all.Where(e => e.Status == ExecutionStatus.Succeeded)],
            // Whoever sent a test has seen it fail; the same dead letters as on their own page
            JobState.Failed => [resting.Where(e => e.Status == ExecutionStatus.DeadLettered && !e.IsTest)],
            JobState.Deleted => [resting.Where(e => e.Status == ExecutionStatus.Cancelled)],
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
    }
}

/// <summary>A place in a list that is walked along an index.</summary>
internal readonly record struct JobCursor(Guid Id, DateTimeOffset DueAt)
{
    public static bool TryParse(string? text, out JobCursor cursor)
    {
        cursor = default;
        var dash = text?.IndexOf('_', StringComparison.Ordinal) ?? -1;
        if (dash < 1 || !long.TryParse(text.AsSpan(0, dash), System.Globalization.CultureInfo.InvariantCulture, out var due) || !Guid.TryParse(text.AsSpan(dash + 1), out var id)) return false;
        if (due is < 0 or > 253_402_300_799_000_000) return false; // the year 9999
        cursor = new(id, Clock.FromUnixMicroseconds(due));
        return true;
    }

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{DueAt.ToUnixMicroseconds()}_{Id}");
}
