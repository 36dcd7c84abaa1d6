using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Jobs;

/// <summary>
/// Reads jobs for pages and API. A list is a few seeks, each along one index, merged; sorting by anything else sorts the first
/// <see cref="Window"/> that match. So a page costs about the same whether a thousand are stored or ten million.
/// </summary>
internal sealed class JobQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerDirectory triggers, JobViews views, JobSearch search, JobCounters counters, TimeProvider time)
{
    /// <summary>How many are sorted, counted exactly and paged by number; older ones are reached with the cursor.</summary>
    public const int Window = 10_000;

    public const int MostItems = 500;

    /// <param name="after">Cursor of the window before; null for the first.</param>
    /// <param name="page">From 1, within the window.</param>
    /// <param name="size">1 to <see cref="MostItems"/>.</param>
    public async Task<JobList> ListAsync(JobFilter filter, JobSort sort, bool descending, string? after, int page, int size, CancellationToken cancellationToken)
    {
        var now = time.Now();
        JobCursor? cursor = JobCursor.TryParse(after, out var parsed) ? parsed : null;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!string.IsNullOrWhiteSpace(filter.Q)) return await search.PageAsync(context, filter, cursor, size, now, cancellationToken);
        var (order, isSorted) = OrderOf(filter, sort, descending);
        var seeks = JobSeeks.Of(context, filter, now);
        page = Math.Clamp(page, 1, Math.Max(1, Window / size));
        var wanted = isSorted ? Window + 1 : Math.Min(Window, page * size) + 1;
        var keys = await KeysAsync(seeks, cursor, order, wanted, cancellationToken);
        var (total, isExact) = await TotalAsync(filter, seeks, cursor, order, keys.Count < wanted ? keys.Count : null, cancellationToken);
        var hasMore = keys.Count > Window || total is { } all && all > Window;
        if (keys.Count > Window) keys.RemoveRange(Window, keys.Count - Window);
        var next = hasMore ? (isSorted || keys.Count == Window ? keys[^1].Cursor : await EdgeAsync(seeks, cursor, order, cancellationToken)).ToString() : null;
        if (isSorted) keys = JobKey.Sort(keys, sort, descending, NameOf);
        var rows = await RowsAsync(context, [.. keys.Skip((page - 1) * size).Take(size).Select(k => k.Id)], cancellationToken);
        return new(await views.OfAsync(context, rows, now, cancellationToken), page, size, total, isExact, after, next, null, isSorted && hasMore);
    }

    public async Task<JobView?> FindAsync(Guid id, CancellationToken cancellationToken) => (await FindAsync([id], cancellationToken)).SingleOrDefault();

    /// <summary>These as they are now, in this order; those that are gone are left out.</summary>
    public async Task<IReadOnlyList<JobView>> FindAsync(List<Guid> ids, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await views.OfAsync(context, await RowsAsync(context, ids, cancellationToken), time.Now(), cancellationToken);
    }

    /// <summary>Ids of all that match, in the order of the list, for bulk actions; at most so many.</summary>
    public async Task<IReadOnlyList<Guid>> IdsAsync(JobFilter filter, int most, CancellationToken cancellationToken)
    {
        var now = time.Now();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!string.IsNullOrWhiteSpace(filter.Q)) return await search.IdsAsync(context, filter, most, now, cancellationToken);
        var order = filter.IsByDue ? JobOrder.DueFirst : JobOrder.OldestFirst;
        return [.. (await KeysAsync(JobSeeks.Of(context, filter, now), null, order, most, cancellationToken)).Select(k => k.Id)];
    }

    /// <summary>The first that wait in each of these queues, in the order they will run.</summary>
    public async Task<ILookup<JobQueue, JobView>> FirstAsync(IEnumerable<JobQueue> queues, int each, CancellationToken cancellationToken)
    {
        var now = time.Now();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var ids = new List<Guid>();
        foreach (var queue in queues)
            ids.AddRange((await KeysAsync(JobSeeks.Of(context, new() { State = JobState.Enqueued, Queue = queue }, now), null, JobOrder.DueFirst, each, cancellationToken)).Select(k => k.Id));
        var found = await views.OfAsync(context, await RowsAsync(context, ids, cancellationToken), now, cancellationToken);
        return found.ToLookup(j => new JobQueue(j.Execution.Kind, j.Execution.Priority));
    }

    private static (JobOrder Order, bool IsSorted) OrderOf(JobFilter filter, JobSort sort, bool descending)
    {
        var natural = filter.IsByDue ? JobOrder.DueFirst : JobOrder.NewestFirst;
        return sort switch
        {
            JobSort.Natural => (natural, false),
            JobSort.Created => (descending ? JobOrder.NewestFirst : JobOrder.OldestFirst, false),
            JobSort.Due when filter.IsByDue && !descending => (JobOrder.DueFirst, false),
            _ => (natural, true),
        };
    }

    private static async Task<List<JobKey>> KeysAsync(IReadOnlyList<IQueryable<Execution>> seeks, JobCursor? cursor, JobOrder order, int most, CancellationToken cancellationToken)
    {
        var keys = new List<JobKey>();
        foreach (var seek in seeks) keys.AddRange(await JobKey.Of(JobSeeks.Order(JobSeeks.After(seek, cursor, order), order).Take(most)).ToListAsync(cancellationToken));
        if (seeks.Count > 1)
        {
            keys = [.. keys.DistinctBy(k => k.Id)]; // one that a node took meanwhile may have been found twice
            keys.Sort((a, b) => JobKey.Compare(a, b, order));
        }
        if (keys.Count > most) keys.RemoveRange(most, keys.Count - most);
        return keys;
    }

    /// <summary>Where the window ends: a few index entries are passed over, nothing is read.</summary>
    private static async Task<JobCursor> EdgeAsync(IReadOnlyList<IQueryable<Execution>> seeks, JobCursor? cursor, JobOrder order, CancellationToken cancellationToken)
    {
        if (seeks.Count > 1) return (await KeysAsync(seeks, cursor, order, Window, cancellationToken))[^1].Cursor;
        var edge = JobKey.Of(JobSeeks.Order(JobSeeks.After(seeks[0], cursor, order), order).Skip(Window - 1).Take(1));
        return (await edge.SingleAsync(cancellationToken)).Cursor;
    }

    private async Task<(long? Total, bool IsExact)> TotalAsync(
        JobFilter filter, IReadOnlyList<IQueryable<Execution>> seeks, JobCursor? cursor, JobOrder order, int? known, CancellationToken cancellationToken)
    {
        if (known is { } few) return (few, true);
        if (filter is { IsWholeState: true, State: { } state } && cursor is null && (await counters.GetAsync(cancellationToken)).CountOf(state, filter.Queue) is { } counted && counted > Window) return (counted, state != JobState.Succeeded);
        var count = 0;
        foreach (var seek in seeks)
            if (count <= Window) count += await JobSeeks.After(seek, cursor, order).Take(Window + 1 - count).CountAsync(cancellationToken);
        return (count, count <= Window);
    }

    private static async Task<IReadOnlyList<Execution>> RowsAsync(TriggerConsoleDbContext context, List<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var byId = await context.Executions.AsNoTracking().Where(e => ids.Contains(e.Id)).ToDictionaryAsync(e => e.Id, cancellationToken);
        return [.. ids.Select(id => byId.GetValueOrDefault(id)).OfType<Execution>()]; // one may just have been cleaned away
    }

    private string? NameOf(Guid? trigger) => trigger is { } id ? triggers.Find(id)?.Name : null;
}
