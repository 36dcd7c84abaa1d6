using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Audit;

/// <summary>Which entries: all that fit everything that is given.</summary>
public sealed record AuditFilter
{
    public DateTimeOffset? From { get; init; }

    /// <summary>Not included.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Id, or a part of the name, of who acted.</summary>
    public string? Actor { get; init; }

    /// <summary>The whole word, <c>callback.change</c>, or its first part, <c>callback</c>.</summary>
    public string? Action { get; init; }

    public string? SubjectKind { get; init; }

    public string? SubjectId { get; init; }

    public AuditOutcome? Outcome { get; init; }

    public string? Address { get; init; }

    /// <summary>A part of a name, of the sentence, or of what was changed.</summary>
    public string? Q { get; init; }
}

/// <param name="Before">Fields as they were; null when it was made, or nothing was changed.</param>
/// <param name="After">Fields as they are since; null when it was deleted, or nothing was changed.</param>
/// <param name="Hash">Seal of the entry, in hexadecimal digits.</param>
public sealed record AuditEntryView(
    long Sequence, DateTimeOffset At, AuditActor Actor, string Action, AuditOutcome Outcome, AuditSubject Subject, JsonElement? Before, JsonElement? After, string? Detail, int Count, string Node, string Hash)
{
    internal static AuditEntryView Of(AuditEntry entry) => new(
        entry.Sequence, entry.At, new(Known(entry.ActorKind, AuditActorKind.Nobody), entry.ActorId, entry.ActorName, entry.Address), entry.Action, Known(entry.Outcome, AuditOutcome.Failed), new(entry.SubjectKind, entry.SubjectId, entry.SubjectName),
        Parse(entry.Before), Parse(entry.After), entry.Detail, entry.Count, entry.Node, Convert.ToHexStringLower(entry.Hash));

    // Someone changed the row; the check will say so
    private static T Known<T>(T value, T instead) where T : struct, Enum => Enum.IsDefined(value) ? value : instead;

    private static JsonElement? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<JsonElement>(json, CoreJson.Options);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(json, CoreJson.Options); // someone changed the row; the check will say so
        }
    }
}

/// <param name="Kind">Empty when it was done to nothing in particular.</param>
public sealed record AuditSubject(string Kind, string? Id, string? Name);

/// <summary>One page of entries, newest first.</summary>
public sealed record AuditEntryList(IReadOnlyList<AuditEntryView> Items, string? NextCursor);

/// <summary>Reads the audit log for pages, API and export.</summary>
internal sealed class AuditQueries(IDbContextFactory<TriggerConsoleDbContext> contexts)
{
    private const int Step = 500;

    /// <param name="before">Only entries before this one; null from the newest.</param>
    public async Task<AuditEntryList> ListAsync(AuditFilter filter, long? before, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var entries = Matching(context, filter);
        if (before is { } sequence) entries = entries.Where(e => e.Sequence < sequence);
        var rows = await entries.OrderByDescending(e => e.Sequence).Take(limit + 1).ToListAsync(cancellationToken);
        var items = rows.Take(limit).Select(AuditEntryView.Of).ToList();
        return new(items, rows.Count > limit ? items[^1].Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    public async Task<AuditEntryView?> FindAsync(long sequence, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.AuditEntries.AsNoTracking().SingleOrDefaultAsync(e => e.Sequence == sequence, cancellationToken) is { } entry ? AuditEntryView.Of(entry) : null;
    }

    /// <summary>Where the log ends now; null when nothing was recorded yet, or the database is of a version without one.</summary>
    public async Task<AuditAnchor?> AnchorAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            return await context.AuditHeads.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is { Sequence: > 0 } head ? AuditAnchor.Of(head) : null;
        }
        catch (DbException)
        {
            return null;
        }
    }

    /// <summary>Who changed this object last; null when that is not kept (any more).</summary>
    public async Task<AuditEntryView?> LastOfAsync(string subjectKind, string subjectId, CancellationToken cancellationToken)
        => (await ListAsync(new() { SubjectKind = subjectKind, SubjectId = subjectId, Outcome = AuditOutcome.Done }, null, 1, cancellationToken)).Items is [var last, ..] ? last : null;

    /// <summary>All that match, oldest first, a step at a time: the log may be large, and nothing waits for whoever reads slowly.</summary>
    public async IAsyncEnumerable<AuditEntryView> ReadAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (true)
        {
            List<AuditEntry> rows;
            await using (var context = await contexts.CreateDbContextAsync(cancellationToken))
                rows = await Matching(context, filter).Where(e => e.Sequence > after).OrderBy(e => e.Sequence).Take(Step).ToListAsync(cancellationToken);
            foreach (var row in rows) yield return AuditEntryView.Of(row);
            if (rows.Count < Step) yield break;
            after = rows[^1].Sequence;
        }
    }

    private static IQueryable<AuditEntry> Matching(TriggerConsoleDbContext context, AuditFilter filter)
    {
        // What retention has given up and not yet deleted is gone for readers
        var entries = context.AuditEntries.AsNoTracking().Where(e => e.Sequence >= context.AuditHeads.Max(h => h.FirstSequence));
        if (filter.From is { } from) entries = entries.Where(e => e.At >= from);
        if (filter.To is { } to) entries = entries.Where(e => e.At < to);
        if (filter.Outcome is { } outcome) entries = entries.Where(e => e.Outcome == outcome);
        if (Given(filter.SubjectKind) is { } kind) entries = entries.Where(e => e.SubjectKind == kind);
        if (Given(filter.SubjectId) is { } id) entries = entries.Where(e => e.SubjectId == id);
        if (Given(filter.Address) is { } address) entries = entries.Where(e => e.Address == address);
        if (Given(filter.Action) is { } action)
        {
            var prefix = action + ".";
            entries = action.Contains('.', StringComparison.Ordinal) ? entries.Where(e => e.Action == action) : entries.Where(e => e.Action.StartsWith(prefix));
        }
        // ToLower is the database's
#pragma warning disable CA1304, CA1311, CA1862
        if (Given(filter.Actor)?.ToLowerInvariant() is { } actor) entries = entries.Where(e => e.ActorId == actor || e.ActorName.ToLower().Contains(actor));
        if (Given(filter.Q)?.ToLowerInvariant() is { } q)
            entries = entries.Where(e => e.Action.Contains(q) || e.ActorName.ToLower().Contains(q) || e.SubjectName!.ToLower().Contains(q) || e.SubjectId == q || e.Address == q
                || e.Detail!.ToLower().Contains(q) || e.Before!.ToLower().Contains(q) || e.After!.ToLower().Contains(q));
#pragma warning restore CA1304, CA1311, CA1862
        return entries;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
