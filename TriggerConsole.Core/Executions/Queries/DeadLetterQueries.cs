using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Queries;

/// <summary>The dead letters of one trigger that ended the same way.</summary>
public sealed record DeadLetterGroup
{
    public required Guid TriggerId { get; init; }

    /// <summary>Null when the trigger has been deleted.</summary>
    public required string? TriggerName { get; init; }

    /// <summary>Null when the trigger has been deleted.</summary>
    public required TriggerKind? Kind { get; init; }

    /// <summary>Outcome of the last attempt: <c>timeout</c>, <c>http_503</c>, …</summary>
    public required string Code { get; init; }

    public required long Count { get; init; }

    /// <summary>Those of them that a replay has been made of.</summary>
    public required long Replayed { get; init; }

    /// <summary>When the oldest was received.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>When the newest was received.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>The newest one's failure in a sentence.</summary>
    public required string? Detail { get; init; }

    /// <summary>Its dead letters as a filter.</summary>
    public ExecutionFilter Filter => ExecutionFilter.DeadLetters with { TriggerId = TriggerId, Code = Code };
}

/// <summary>All groups, those with the newest dead letters first.</summary>
/// <param name="Items">At most <see cref="DeadLetterQueries.MostGroups"/>.</param>
/// <param name="Groups">How many groups there are.</param>
/// <param name="Count">Dead letters in all of them.</param>
/// <param name="Replayed">Those of them that a replay has been made of.</param>
public sealed record DeadLetterGroups(IReadOnlyList<DeadLetterGroup> Items, int Groups, long Count, long Replayed);

/// <summary>Dead letters by trigger and cause. Failed tests are left out: whoever sent one has seen it fail, and there is nothing to make good.</summary>
internal sealed class DeadLetterQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerDirectory triggers)
{
    public const int MostGroups = 200;

    public async Task<DeadLetterGroups> GroupsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var dead = context.Executions.AsNoTracking().Where(e => e.Status == ExecutionStatus.DeadLettered && !e.IsTest && e.TriggerId != null);
        var groups = await dead.GroupBy(e => new { e.TriggerId, e.LastCode })
            .Select(g => new { g.Key.TriggerId, g.Key.LastCode, Count = g.LongCount(), First = g.Min(e => e.CreatedAt), Last = g.Max(e => e.CreatedAt) }).ToListAsync(cancellationToken);
        var replayed = (await dead.Where(e => context.Executions.Any(r => r.ReplayOf == e.Id)).GroupBy(e => new { e.TriggerId, e.LastCode })
            .Select(g => new { g.Key.TriggerId, g.Key.LastCode, Count = g.LongCount() }).ToListAsync(cancellationToken)).ToDictionary(g => (g.TriggerId, g.LastCode), g => g.Count);
        var items = new List<DeadLetterGroup>();
        foreach (var group in groups.OrderByDescending(g => g.Last).Take(MostGroups))
        {
            var id = group.TriggerId!.Value;
            var trigger = triggers.Find(id);
            items.Add(new()
            {
                TriggerId = id,
                TriggerName = trigger?.Name,
                Kind = trigger?.Kind.Kind,
                Code = group.LastCode ?? "",
                Count = group.Count,
                Replayed = replayed.GetValueOrDefault((group.TriggerId, group.LastCode)),
                First = group.First,
                Last = group.Last,
                // One seek per group, in the order of the index; to find it while grouping would read every row
                Detail = await dead.Where(e => e.TriggerId == id && e.LastCode == group.LastCode).OrderByDescending(e => e.IsTest).ThenByDescending(e => e.Id).Select(e => e.LastDetail).FirstOrDefaultAsync(cancellationToken),
            });
        }
        return new(items, groups.Count, groups.Sum(g => g.Count), replayed.Values.Sum());
    }

    /// <summary>How many there are, for the navigation.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Executions.LongCountAsync(e => e.Status == ExecutionStatus.DeadLettered && !e.IsTest, cancellationToken);
    }
}
