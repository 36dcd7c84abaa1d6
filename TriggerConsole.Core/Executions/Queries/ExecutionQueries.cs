using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Queries;

/// <summary>
/// Reads executions for pages and API. Lists are made of a few seeks, each along one index and limited to a page, and merged:
/// so the first page costs the same whether ten executions are stored or ten million.
/// </summary>
internal sealed class ExecutionQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerDirectory directory, ExecutionViews views, TimeProvider time)
{
    public const int MostItems = 200;
    private static readonly TimeSpan s_searchTime = TimeSpan.FromSeconds(1);
    private const int SearchStep = 500;


    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="limit">1 to <see cref="MostItems"/>.</param>
    public async Task<ExecutionPage> ListAsync(ExecutionFilter filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var before = cursor is not null && Guid.TryParse(cursor, out var id) ? id : (Guid?)null;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!string.IsNullOrWhiteSpace(filter.Q)) return await SearchAsync(context, filter, before, limit, cancellationToken);
        var rows = await ReadAsync(context, filter, before, limit + 1, cancellationToken);
        var more = rows.Count > limit;
        return new([.. rows.Take(limit).Select(views.Of)], more ? rows[limit - 1].Id.ToString() : null, null);
    }

    public async Task<ExecutionDetails?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Executions.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } row) return null;
        var attempts = await context.Attempts.AsNoTracking().Where(a => a.ExecutionId == id).OrderByDescending(a => a.Number).ToListAsync(cancellationToken);
        return new(views.Of(row), [.. attempts.Select(ExecutionViews.Of)]);
    }

    /// <summary>Executions newest first, each with its last attempt as it is stored; null when none has been recorded yet.</summary>
    /// <param name="before">Only those before this one.</param>
    internal async Task<IReadOnlyList<(ExecutionView View, Attempt? Last)>> WithLastAttemptAsync(ExecutionFilter filter, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await ReadAsync(context, filter, before, limit, cancellationToken);
        var ids = rows.Select(r => r.Id).ToList();
        var last = await context.Attempts.AsNoTracking().Where(a => ids.Contains(a.ExecutionId) && a.Number == context.Attempts.Where(o => o.ExecutionId == a.ExecutionId).Max(o => o.Number))
            .ToDictionaryAsync(a => a.ExecutionId, cancellationToken);
        return [.. rows.Select(r => (views.Of(r), last.GetValueOrDefault(r.Id)))];
    }

    /// <summary>All executions of one event.</summary>
    public async Task<IReadOnlyList<ExecutionView>> OfEventAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Executions.AsNoTracking().Where(e => e.EventId == eventId).OrderBy(e => e.Id).Take(1000).ToListAsync(cancellationToken);
        return [.. rows.Select(views.Of)];
    }

    /// <summary>What these executions were replayed as, the oldest replay first.</summary>
    public async Task<ILookup<Guid, ReplayView>> ReplaysOfAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.Select(id => (Guid?)id).ToList();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Executions.AsNoTracking().Where(e => wanted.Contains(e.ReplayOf)).OrderBy(e => e.Id)
            .Select(e => new { e.Id, e.ReplayOf, e.Status, e.TriggerId }).Take(MostItems * 5).ToListAsync(cancellationToken);
        return rows.ToLookup(r => r.ReplayOf!.Value, r => new ReplayView(r.Id, ExecutionViews.StatusOf(r.Status, r.TriggerId is { } trigger ? directory.Find(trigger) : null)));
    }

    /// <summary>
    /// Ids of all that match, oldest first, in steps; for bulk actions. Text search is not applied here.
    /// </summary>
    internal async Task<IReadOnlyList<Guid>> IdsAsync(ExecutionFilter filter, int most, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var ids = new List<Guid>();
        foreach (var seek in await SeeksAsync(context, filter, before: null, cancellationToken))
            ids.AddRange(await seek.OrderBy(e => e.Id).Select(e => e.Id).Take(most).ToListAsync(cancellationToken));
        ids.Sort();
        return ids.Count > most ? ids[..most] : ids;
    }

    public async Task<long> CountAsync(ExecutionFilter filter, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var count = 0L;
        foreach (var seek in await SeeksAsync(context, filter, before: null, cancellationToken)) count += await seek.LongCountAsync(cancellationToken);
        return count;
    }

    /// <summary>The same, but no further than <paramref name="most"/>: cheap however many there are.</summary>
    public async Task<int> CountUpToAsync(ExecutionFilter filter, int most, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var count = 0;
        foreach (var seek in await SeeksAsync(context, filter, before: null, cancellationToken))
            if (count < most) count += await seek.Take(most - count).CountAsync(cancellationToken);
        return count;
    }

    private async Task<List<Execution>> ReadAsync(TriggerConsoleDbContext context, ExecutionFilter filter, Guid? before, int limit, CancellationToken cancellationToken)
    {
        var rows = new List<Execution>();
        foreach (var seek in await SeeksAsync(context, filter, before, cancellationToken))
            rows.AddRange(await seek.OrderByDescending(e => e.Id).Take(limit).ToListAsync(cancellationToken));
        return [.. rows.OrderByDescending(e => e.Id).Take(limit)];
    }

    /// <summary>The filter as queries that together cover it without overlap, each of which one index serves.</summary>
    private async Task<List<IQueryable<Execution>>> SeeksAsync(TriggerConsoleDbContext context, ExecutionFilter filter, Guid? before, CancellationToken cancellationToken)
    {
        var all = context.Executions.AsNoTracking();
        if (before is { } cursor) all = all.Where(e => e.Id < cursor);
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
        if (filter.Kind is { } kind) all = all.Where(e => e.Kind == kind);
        if (filter.Code is { Length: > 0 } code) all = all.Where(e => e.LastCode == code);
        if (filter.Test is { } test) all = all.Where(e => e.IsTest == test);
        if (filter.Replayed is { } replayed) all = all.Where(e => context.Executions.Any(r => r.ReplayOf == e.Id) == replayed);

        var byTrigger = new List<IQueryable<Execution>>();
        if (filter.TriggerId is { } triggerId) byTrigger.Add(all.Where(e => e.TriggerId == triggerId));
        else if (filter.TriggerIds is { } triggerIds)
            foreach (var id in triggerIds) byTrigger.Add(id is { } one ? all.Where(e => e.TriggerId == one) : all.Where(e => e.TriggerId == null));
        else if (filter.CallbackId is { } callbackId)
            foreach (var id in await context.Triggers.Where(t => t.CallbackId == callbackId).Select(t => t.Id).ToListAsync(cancellationToken))
                byTrigger.Add(all.Where(e => e.TriggerId == id));
        else byTrigger.Add(all);

        return filter.Statuses.Count == 0 ? byTrigger : [.. byTrigger.SelectMany(seek => filter.Statuses.Distinct().SelectMany(status => ByStatus(seek, status)))];
    }

    private IEnumerable<IQueryable<Execution>> ByStatus(IQueryable<Execution> seek, ExecutionStatus status)
    {
        // "Not succeeded" and "no owner" say nothing new, but they are the condition of the partial index
        var resting = seek.Where(e => e.Status != ExecutionStatus.Succeeded && e.OwnerId == null);
        var paused = directory.All.Where(t => t.Paused).Select(t => (Guid?)t.Id).ToList();
        switch (status)
        {
            case ExecutionStatus.Succeeded:
                return [seek.Where(e => e.Status == ExecutionStatus.Succeeded)];
            case ExecutionStatus.Running:
                return [seek.Where(e => e.OwnerId != null && e.Status == ExecutionStatus.Running)];
            case ExecutionStatus.Held:
                return paused.Count == 0 ? [] : [
                    resting.Where(e => e.Status == ExecutionStatus.Queued && paused.Contains(e.TriggerId)),
                    resting.Where(e => e.Status == ExecutionStatus.Retrying && paused.Contains(e.TriggerId))];
            case ExecutionStatus.Queued or ExecutionStatus.Retrying:
                var waiting = resting.Where(e => e.Status == status);
                if (paused.Count > 0) waiting = waiting.Where(e => !paused.Contains(e.TriggerId));
                return [waiting, seek.Where(e => e.OwnerId != null && e.Status == status)];
            case ExecutionStatus.DeadLettered:
                // As a constant, so that the database sees that the index of dead letters serves
                return [resting.Where(e => e.Status == ExecutionStatus.DeadLettered)];
            default:
                return [resting.Where(e => e.Status == status)];
        }
    }

    // Newest first, step by step, until the page is full, everything was seen, or the time is up: then the page says how far it got
    private async Task<ExecutionPage> SearchAsync(TriggerConsoleDbContext context, ExecutionFilter filter, Guid? before, int limit, CancellationToken cancellationToken)
    {
        var text = filter.Q!.Trim();
        if (Guid.TryParse(text, out var id))
        {
            var exact = await context.Executions.AsNoTracking().Where(e => e.Id == id || e.EventId == id).OrderByDescending(e => e.Id).Take(limit).ToListAsync(cancellationToken);
            return new([.. exact.Select(views.Of)], null, null);
        }
        var search = new PayloadSearch(text);
        var found = new List<ExecutionView>();
        var start = time.GetTimestamp();
        while (true)
        {
            var rows = await ReadAsync(context, filter, before, SearchStep, cancellationToken);
            var events = rows.Select(r => r.EventId).Distinct().ToList();
            var bodies = await context.Events.AsNoTracking().Where(e => events.Contains(e.Id)).Select(e => new { e.Id, e.EventType, e.Body }).ToDictionaryAsync(e => e.Id, cancellationToken);
            foreach (var row in rows)
            {
                before = row.Id;
                var view = views.Of(row);
                if (!search.Matches(view) && !(bodies.TryGetValue(row.EventId, out var stored) && (search.Matches(stored.EventType) || search.Matches(stored.Body)))) continue;
                found.Add(view);
                if (found.Count == limit) return new(found, row.Id.ToString(), null);
            }
            if (rows.Count < SearchStep) return new(found, null, null);
            if (time.GetElapsedTime(start) > s_searchTime) return new(found, before?.ToString(), Uuid7.TimeOf(before!.Value));
        }
    }
}
