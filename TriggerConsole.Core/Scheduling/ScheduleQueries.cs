using System.Globalization;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Scheduling;

/// <summary>The order of a list of schedules.</summary>
public enum ScheduleSort
{
    Name,

    /// <summary>The next to run first.</summary>
    Next,

    /// <summary>The latest run first.</summary>
    Last,
}

/// <summary>Which schedules to list.</summary>
public sealed record ScheduleFilter
{
    /// <summary>Text in name, description, words or target; case does not count.</summary>
    public string? Q { get; init; }

    public ScheduleState? State { get; init; }

    /// <summary>Only those whose last run failed.</summary>
    public bool Failed { get; init; }

    public Guid? CallbackId { get; init; }

    public Guid? TriggerId { get; init; }

    public ScheduleSort Sort { get; init; }
}

/// <summary>Reads schedules and their history for pages and API.</summary>
internal sealed class ScheduleQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, TriggerDirectory triggers, CallbackDirectory callbacks, TimeProvider time)
{
    /// <summary>There are thousands of schedules, not millions: the next time of each is computed, and the list put in order, in memory.</summary>
    public async Task<PageOf<ScheduleView>> ListAsync(ScheduleFilter filter, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var schedules = context.Schedules.AsNoTracking().Where(s => s.DeletedAt == null);
        if (filter.CallbackId is { } callbackId) schedules = schedules.Where(s => s.CallbackId == callbackId);
        if (filter.TriggerId is { } triggerId) schedules = schedules.Where(s => s.TriggerId == triggerId);
        var views = (await schedules.OrderBy(s => s.Name).ThenBy(s => s.Id).ToListAsync(cancellationToken)).Select(s => View(s, null));
        if (filter.State is { } state) views = views.Where(v => v.State == state);
        if (!string.IsNullOrWhiteSpace(filter.Q)) views = views.Where(v => Has(v, filter.Q.Trim()));
        var found = views.ToList();
        var needsRuns = filter.Failed || filter.Sort == ScheduleSort.Last;
        if (needsRuns) found = await WithLastRunsAsync(context, found, cancellationToken);
        if (filter.Failed) found.RemoveAll(v => v.LastRun is not { HasFailed: true });
        found = filter.Sort switch
        {
            ScheduleSort.Next => [.. found.OrderBy(v => v.NextRunAt ?? DateTimeOffset.MaxValue)],
            ScheduleSort.Last => [.. found.OrderByDescending(v => v.LastRun?.FiredAt ?? DateTimeOffset.MinValue)],
            _ => found,
        };
        var shown = found.Skip((page - 1) * pageSize).Take(pageSize).ToList();
        if (!needsRuns) shown = await WithLastRunsAsync(context, shown, cancellationToken);
        return new(shown, found.Count, page, pageSize);
    }

    public async Task<ScheduleView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Schedules.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.DeletedAt == null, cancellationToken);
        return row is null ? null : await ViewAsync(context, row, cancellationToken);
    }

    /// <summary>The next times at which it runs; none while it is paused.</summary>
    public async Task<IReadOnlyList<DateTimeOffset>> NextAsync(Guid id, int count, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Schedules.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id && s.DeletedAt == null, cancellationToken);
        try
        {
            return row is null or { Paused: true } ? [] : [.. ScheduleTimes.Of(row).Next(time.Now(), count)];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    public async Task<ScheduleView> ViewAsync(TriggerConsoleDbContext context, Schedule row, CancellationToken cancellationToken)
        => (await WithLastRunsAsync(context, [View(row, null)], cancellationToken))[0];

    /// <summary>The history of a schedule, newest first. Null when there is no such schedule, deleted ones included.</summary>
    /// <param name="cursor">The <see cref="ScheduleRunPage.NextCursor"/> of the page before.</param>
    public async Task<ScheduleRunPage?> RunsAsync(Guid id, string? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await context.Schedules.AnyAsync(s => s.Id == id, cancellationToken)) return null;
        var runs = context.ScheduleRuns.AsNoTracking().Where(r => r.ScheduleId == id);
        if (long.TryParse(cursor, CultureInfo.InvariantCulture, out var microseconds))
        {
            var before = Clock.FromUnixMicroseconds(microseconds);
            runs = runs.Where(r => r.DueAt < before);
        }
        var rows = await runs.OrderByDescending(r => r.DueAt).Take(limit + 1).ToListAsync(cancellationToken);
        var items = rows.Take(limit).ToList();
        var next = rows.Count > limit ? items[^1].DueAt.ToUnixMicroseconds().ToString(CultureInfo.InvariantCulture) : null;
        return new(await ViewsAsync(context, items, cancellationToken), next);
    }

    /// <summary>Schedules of which nothing could be made when they were due last.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Name, string Why)>> FailingAsync(int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Schedules.AsNoTracking().Where(s => s.DeletedAt == null)
            .Select(s => new { s.Id, s.Name, Last = context.ScheduleRuns.Where(r => r.ScheduleId == s.Id).OrderByDescending(r => r.DueAt).FirstOrDefault() })
            .Where(s => s.Last != null && s.Last.Outcome == ScheduleRunOutcome.Failed).OrderBy(s => s.Name).Take(limit).ToListAsync(cancellationToken);
        return [.. rows.Select(r => (r.Id, r.Name, r.Last!.Detail ?? ""))];
    }

    /// <summary>The schedule that made an event; null when none did, or when its history is gone.</summary>
    public async Task<ScheduleOrigin?> OfEventAsync(Guid eventId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.ScheduleRuns.AsNoTracking().Where(r => r.EventId == eventId)
            .Join(context.Schedules, r => r.ScheduleId, s => s.Id, (r, s) => new ScheduleOrigin(s.Id, s.Name, r.DueAt, r.IsManual, r.Actor, s.DeletedAt != null))
            .FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<List<ScheduleView>> WithLastRunsAsync(TriggerConsoleDbContext context, List<ScheduleView> views, CancellationToken cancellationToken)
    {
        var last = new List<ScheduleRun>();
        foreach (var ids in views.Select(v => v.Id).Chunk(500))
        {
            // A short seek along the primary key for each
            last.AddRange(await context.Schedules.AsNoTracking().Where(s => ids.Contains(s.Id))
                .SelectMany(s => context.ScheduleRuns.Where(r => r.ScheduleId == s.Id).OrderByDescending(r => r.DueAt).Take(1)).ToListAsync(cancellationToken));
        }
        var byId = last.Zip(await ViewsAsync(context, last, cancellationToken)).ToDictionary(p => p.First.ScheduleId, p => p.Second);
        return [.. views.Select(v => v with { LastRun = byId.GetValueOrDefault(v.Id) })];
    }

    private async Task<IReadOnlyList<ScheduleRunView>> ViewsAsync(TriggerConsoleDbContext context, IReadOnlyList<ScheduleRun> runs, CancellationToken cancellationToken)
    {
        var executions = new List<(Guid EventId, ScheduleRunExecution Execution)>();
        foreach (var events in runs.Where(r => r.EventId is not null).Select(r => r.EventId!.Value).Chunk(500))
        {
            var rows = await context.Executions.AsNoTracking().Where(e => events.Contains(e.EventId)).OrderBy(e => e.Id)
                .Select(e => new { e.EventId, e.Id, e.TriggerId, e.Kind, e.Status }).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                var trigger = row.TriggerId is { } id ? triggers.Find(id) : null;
                executions.Add((row.EventId, new(row.Id, row.TriggerId, trigger?.Name, row.Kind, ExecutionViews.StatusOf(row.Status, trigger))));
            }
        }
        var byEvent = executions.ToLookup(e => e.EventId, e => e.Execution);
        return [.. runs.Select(r => new ScheduleRunView
        {
            DueAt = r.DueAt,
            FiredAt = r.FiredAt,
            Outcome = r.Outcome,
            Detail = r.Detail,
            EventId = r.EventId,
            IsManual = r.IsManual,
            Actor = r.Actor,
            Executions = r.EventId is { } id ? [.. byEvent[id]] : [],
        })];
    }

    private ScheduleView View(Schedule s, ScheduleRunView? last)
    {
        var now = time.Now();
        DateTimeOffset? next = null;
        try
        {
            next = ScheduleTimes.Of(s).After(now);
        }
        catch (FormatException)
        {
            // A zone that this server lost: it does not run, and the page says so by showing no next time
        }
        var trigger = s.TriggerId is { } triggerId ? triggers.Find(triggerId) : null;
        return new()
        {
            Id = s.Id,
            Name = s.Name,
            Description = s.Description,
            Kind = s.Kind,
            Cron = s.Cron,
            IntervalSeconds = s.IntervalSeconds,
            At = s.At,
            TimeZone = s.TimeZone,
            StartAt = s.StartAt,
            EndAt = s.EndAt,
            Words = ScheduleWords.Of(s),
            CallbackId = s.CallbackId,
            TriggerId = s.TriggerId,
            TargetName = trigger?.Name ?? (s.CallbackId is { } callbackId ? callbacks.Find(callbackId)?.Name : null),
            TargetKind = trigger?.Kind.Kind,
            Payload = s.Payload,
            ContentType = s.ContentType,
            Misfire = s.Misfire,
            Overlap = s.Overlap,
            Priority = s.Priority,
            State = s.Paused ? ScheduleState.Paused : next is null ? ScheduleState.Ended : ScheduleState.Active,
            Paused = s.Paused,
            ResumeAt = s.ResumeAt,
            NextRunAt = s.Paused ? null : next,
            LastRun = last,
            CreatedBy = s.CreatedBy,
            CreatedAt = s.CreatedAt,
            UpdatedAt = s.UpdatedAt,
            Version = s.Version,
        };
    }

    private static bool Has(ScheduleView view, string text)
        => view.Name.Contains(text, StringComparison.OrdinalIgnoreCase) || view.Description.Contains(text, StringComparison.OrdinalIgnoreCase)
        || view.Words.Contains(text, StringComparison.OrdinalIgnoreCase) || view.TargetName?.Contains(text, StringComparison.OrdinalIgnoreCase) == true
        || view.TimeZone.Contains(text, StringComparison.OrdinalIgnoreCase) || view.Cron?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}
