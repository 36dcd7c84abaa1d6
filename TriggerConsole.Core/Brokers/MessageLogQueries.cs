using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Brokers;

/// <summary>
/// Lists the messages of one kind. What an index cannot tell (the topic, the broker of a message without a trigger) is read out of the
/// records, step by step and within a time, as the search of executions does.
/// </summary>
internal abstract class MessageLogQueries<TFilter, TEntry>(TriggerKind kind, IDbContextFactory<TriggerConsoleDbContext> contexts, ExecutionQueries executions, TriggerDirectory directory, TimeProvider time)
    where TFilter : MessageLogFilter
    where TEntry : MessageLogEntry
{
    private const int SearchStep = 200;

    /// <summary>Beyond this many triggers one walk through all executions is cheaper than a seek for each.</summary>
    private const int MostSeeks = 64;

    private static readonly TimeSpan s_searchTime = TimeSpan.FromSeconds(1);

    /// <param name="cursor">From the page before; null for the first.</param>
    public async Task<MessageLogPage<TEntry>> ListAsync(TFilter filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var wanted = new ExecutionFilter
        {
            Kind = kind,
            Statuses = filter.Statuses,
            From = filter.From,
            To = filter.To,
            TriggerId = filter.TriggerId,
            TriggerIds = filter.TriggerId is null ? await TriggersAsync(filter.BrokerId, cancellationToken) : null,
        };
        var before = Guid.TryParse(cursor, out var id) ? id : (Guid?)null;
        var step = filter.BrokerId is not null || LooksInside(filter) ? SearchStep : limit + 1;
        var found = new List<TEntry>();
        var start = time.GetTimestamp();
        while (true)
        {
            var rows = await executions.WithLastAttemptAsync(wanted, before, step, cancellationToken);
            foreach (var (view, last) in rows)
            {
                var entry = EntryOf(view, last);
                if ((filter.BrokerId is null || entry.BrokerId == filter.BrokerId) && Matches(entry, filter))
                {
                    if (found.Count == limit) return new(found, found[^1].ExecutionId.ToString(), null);
                    found.Add(entry);
                }
                before = view.Id;
            }
            if (rows.Count < step) return new(found, null, null);
            if (time.GetElapsedTime(start) > s_searchTime) return new(found, before?.ToString(), Uuid7.TimeOf(before!.Value));
        }
    }

    protected abstract TEntry EntryOf(ExecutionView view, Attempt? last);

    /// <summary>Whether the filter asks for what is in the records alone, besides the broker.</summary>
    protected abstract bool LooksInside(TFilter filter);

    /// <summary>Whether an entry is what <see cref="LooksInside"/> asks for.</summary>
    protected abstract bool Matches(TEntry entry, TFilter filter);

    /// <summary>The triggers, deleted ones among them, that lead to the broker: in parts that may overlap, and with others between them.</summary>
    protected virtual IEnumerable<IQueryable<Trigger>> LeadingTo(Guid brokerId, IQueryable<Trigger> triggers) => [Naming(brokerId, triggers)];

    protected static IQueryable<Trigger> Naming(Guid id, IQueryable<Trigger> triggers)
    {
        var text = id.ToString();
        return triggers.Where(t => t.Settings.Contains(text));
    }

    /// <summary>The settings that the trigger of an execution has now: what waits for its first attempt goes where they lead.</summary>
    protected TSettings? SettingsOf<TSettings>(ExecutionView view) where TSettings : TriggerSettings
        => view.TriggerId is { } trigger ? directory.Find(trigger)?.Settings as TSettings : null;

    protected static T? Read<T>(byte[]? record, JsonTypeInfo<T> type) where T : class
    {
        if (record is null) return null;
        try { return JsonSerializer.Deserialize(record, type); }
        catch (JsonException) { return null; } // of another version
    }

    /// <summary>Whether a text holds what is looked for, case aside; true when nothing is looked for.</summary>
    protected static bool Holds(string? text, string? wanted) => string.IsNullOrWhiteSpace(wanted) || text?.Contains(wanted.Trim(), StringComparison.OrdinalIgnoreCase) == true;

    // Deleted triggers as well: their messages were sent all the same. Null when a walk through all is better.
    private async Task<IReadOnlyList<Guid?>?> TriggersAsync(Guid? brokerId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var triggers = context.Triggers.AsNoTracking().Where(t => t.Kind == kind);
        var ids = new HashSet<Guid>(await FirstAsync(triggers));
        if (ids.Count > MostSeeks && brokerId is { } id)
        {
            // Where a trigger leads may have been changed since, so the record has the last word; this only narrows down
            ids = [];
            foreach (var part in LeadingTo(id, triggers))
            {
                ids.UnionWith(await FirstAsync(part));
                if (ids.Count > MostSeeks) break;
            }
        }
        return ids.Count > MostSeeks ? null : [.. ids.Select(i => (Guid?)i), null];

        Task<List<Guid>> FirstAsync(IQueryable<Trigger> some) => some.Select(t => t.Id).Take(MostSeeks + 1).ToListAsync(cancellationToken);
    }
}
