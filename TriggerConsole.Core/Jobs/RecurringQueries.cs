using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Jobs;

/// <summary>A schedule as the Jobs pages list it.</summary>
public sealed record RecurringView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required ScheduleKind Kind { get; init; }

    /// <summary>Set for a cron schedule.</summary>
    public string? Cron { get; init; }

    public long? IntervalSeconds { get; init; }

    /// <summary>The time of one that runs once.</summary>
    public DateTimeOffset? At { get; init; }

    public required string TimeZone { get; init; }

    /// <summary>Name of the callback or trigger; null when it has been deleted.</summary>
    public string? Target { get; init; }

    public Guid? CallbackId { get; init; }

    public Guid? TriggerId { get; init; }

    public required bool Paused { get; init; }

    /// <summary>When a paused one goes on by itself.</summary>
    public DateTimeOffset? ResumeAt { get; init; }

    /// <summary>The last time it was due, and what came of it.</summary>
    public DateTimeOffset? LastDueAt { get; init; }

    public ScheduleRunOutcome? LastOutcome { get; init; }

    public string? LastDetail { get; init; }

    public Guid? LastEventId { get; init; }

    /// <summary>An execution of its last run: one that is not well, if there is one.</summary>
    public Guid? LastExecutionId { get; init; }

    public ExecutionStatus? LastStatus { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Reads schedules with the last run of each.</summary>
internal sealed class RecurringQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, CallbackDirectory callbacks, TriggerDirectory triggers)
{
    public const int MostItems = 1000;

    public async Task<IReadOnlyList<RecurringView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Schedules.AsNoTracking().Where(s => s.DeletedAt == null).OrderBy(s => s.Name).Take(MostItems)
            .Select(s => new { Schedule = s, Last = context.ScheduleRuns.Where(r => r.ScheduleId == s.Id).OrderByDescending(r => r.DueAt).FirstOrDefault() }).ToListAsync(cancellationToken);
        var events = rows.Select(r => r.Last?.EventId).OfType<Guid>().ToList();
        var executions = (await context.Executions.AsNoTracking().Where(e => events.Contains(e.EventId)).Select(e => new { e.Id, e.EventId, e.Status, e.TriggerId }).Take(10 * MostItems).ToListAsync(cancellationToken))
            .ToLookup(e => e.EventId);
        return [.. rows.Select(row =>
        {
            var (schedule, last) = (row.Schedule, row.Last);
            var worst = last?.EventId is { } id ? executions[id].MaxBy(e => e.Status is ExecutionStatus.DeadLettered ? 2 : e.Status is ExecutionStatus.Succeeded ? 0 : 1) : null;
            return new RecurringView
            {
                Id = schedule.Id,
                Name = schedule.Name,
                Kind = schedule.Kind,
                Cron = schedule.Cron,
                IntervalSeconds = schedule.IntervalSeconds,
                At = schedule.At,
                TimeZone = schedule.TimeZone,
                Target = schedule.CallbackId is { } callback ? callbacks.Find(callback)?.Name : schedule.TriggerId is { } trigger ? triggers.Find(trigger)?.Name : null,
                CallbackId = schedule.CallbackId,
                TriggerId = schedule.TriggerId,
                Paused = schedule.Paused,
                ResumeAt = schedule.ResumeAt,
                LastDueAt = last?.DueAt,
                LastOutcome = last?.Outcome,
                LastDetail = last?.Detail,
                LastEventId = last?.EventId,
                LastExecutionId = worst?.Id,
                LastStatus = worst is null ? null : ExecutionViews.StatusOf(worst.Status, worst.TriggerId is { } of ? triggers.Find(of) : null),
                CreatedAt = schedule.CreatedAt,
            };
        })];
    }
}
