using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Jobs;

/// <summary>
/// Searches jobs in the order of their list, step by step: ids, names, addresses, outcomes and payloads. A page is answered when it
/// is full, when all was looked at, or when its time is up: then it says how far it got, and the next page goes on from there.
/// </summary>
internal sealed class JobSearch(ExecutionViews executions, JobViews views, TimeProvider time)
{
    private const int Step = 400;

    /// <summary>Payloads up to this size are read with their rows; larger ones one by one, and only up to here.</summary>
    private const int MostBytes = 64 * 1024;

    /// <summary>How long one page may take to look.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(100);

    public async Task<JobList> PageAsync(TriggerConsoleDbContext context, JobFilter filter, JobCursor? after, int size, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var text = filter.Q!.Trim();
        if (Guid.TryParse(text, out var id))
        {
            // Whatever its state: who has an id wants to see what became of it
            var exact = await context.Executions.AsNoTracking().Where(e => e.Id == id || e.EventId == id).OrderByDescending(e => e.Id).Take(size).ToListAsync(cancellationToken);
            return new(await views.OfAsync(context, exact, now, cancellationToken), 1, size, exact.Count, true, null, null, null, false);
        }
        var start = time.GetTimestamp();
        var found = new List<Execution>();
        JobCursor? last = after;
        var isOver = true;
        await foreach (var row in WalkAsync(context, filter, after, now, text, () => time.GetElapsedTime(start) > s_patience, cursor => last = cursor, cancellationToken))
        {
            if (row is null)
            {
                isOver = false; // the time is up
                break;
            }
            found.Add(row);
            if (found.Count < size) continue;
            isOver = false;
            break;
        }
        var searchedTo = isOver || found.Count == size || last is null ? (DateTimeOffset?)null : Uuid7.TimeOf(last.Value.Id);
        return new(await views.OfAsync(context, found, now, cancellationToken), 1, size, null, false, after?.ToString(), isOver ? null : last?.ToString(), searchedTo, false);
    }

    /// <summary>Ids of all that match, however long it takes.</summary>
    public async Task<IReadOnlyList<Guid>> IdsAsync(TriggerConsoleDbContext context, JobFilter filter, int most, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var text = filter.Q!.Trim();
        if (Guid.TryParse(text, out var id)) return await context.Executions.Where(e => e.Id == id || e.EventId == id).OrderBy(e => e.Id).Take(most).Select(e => e.Id).ToListAsync(cancellationToken);
        var ids = new List<Guid>();
        await foreach (var row in WalkAsync(context, filter, null, now, text, () => false, _ => { }, cancellationToken))
        {
            ids.Add(row!.Id);
            if (ids.Count == most) break;
        }
        return ids;
    }

    // Null once when the time is up. Says after each row it has looked at where it stands.
    private async IAsyncEnumerable<Execution?> WalkAsync(
        TriggerConsoleDbContext context, JobFilter filter, JobCursor? cursor, DateTimeOffset now, string text, Func<bool> isTimeUp, Action<JobCursor> looked,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var order = filter.IsByDue ? JobOrder.DueFirst : JobOrder.NewestFirst;
        var seeks = JobSeeks.Of(context, filter, now);
        var search = new PayloadSearch(text);
        while (true)
        {
            var rows = await StepAsync(context, seeks, cursor, order, cancellationToken);
            foreach (var (row, eventType, body, size) in rows)
            {
                cursor = new(row.Id, row.DueAt);
                looked(cursor.Value);
                if (search.Matches(executions.Of(row)) || search.Matches(eventType) || body is not null && search.Matches(body)
                    || size > MostBytes && search.Matches(await LargeAsync(context, row.EventId, cancellationToken)))
                    yield return row;
            }
            if (rows.Count < Step) yield break;
            if (!isTimeUp()) continue;
            yield return null;
            yield break;
        }
    }

    private static async Task<List<Candidate>> StepAsync(TriggerConsoleDbContext context, IReadOnlyList<IQueryable<Execution>> seeks, JobCursor? cursor, JobOrder order, CancellationToken cancellationToken)
    {
        var rows = new List<Candidate>();
        foreach (var seek in seeks)
        {
            var step = JobSeeks.Order(JobSeeks.After(seek, cursor, order), order).Take(Step);
            rows.AddRange(await step.LeftJoin(context.Events.AsNoTracking(), e => e.EventId, v => v.Id,
                (e, v) => new Candidate(e, v!.EventType, v.Body.Length <= MostBytes ? v.Body : null, v == null ? 0 : v.Body.Length)).ToListAsync(cancellationToken));
        }
        if (seeks.Count > 1) rows = [.. rows.DistinctBy(r => r.Row.Id)];
        rows.Sort((a, b) => JobKey.Compare(Key(a.Row), Key(b.Row), order));
        if (rows.Count > Step) rows.RemoveRange(Step, rows.Count - Step);
        return rows;
    }

    private static JobKey Key(Execution row) => new(row.Id, row.DueAt, null, null, 0, null);

    private static async Task<byte[]> LargeAsync(TriggerConsoleDbContext context, Guid eventId, CancellationToken cancellationToken)
        => await context.Events.AsNoTracking().Where(v => v.Id == eventId).Select(v => v.Body).SingleOrDefaultAsync(cancellationToken) is { } body ? body.AsSpan(0, Math.Min(body.Length, MostBytes)).ToArray() : [];

    private sealed record Candidate(Execution Row, string? EventType, byte[]? Body, int Size);
}
