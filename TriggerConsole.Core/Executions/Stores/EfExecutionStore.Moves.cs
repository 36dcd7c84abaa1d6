using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Executions.Stores;

internal sealed partial class EfExecutionStore
{
    private static void Move(MoveEntry entry, TriggerConsoleDbContext context)
    {
        var rows = context.Executions.Where(e => e.Id == entry.ExecutionId);
        rows = entry.Move switch
        {
            ExecutionMove.Cancel => rows.Where(e => e.OwnerId == null && e.FinishedAt == null),
            ExecutionMove.RetryNow => rows.Where(e => e.OwnerId == null && (e.Status == ExecutionStatus.DeadLettered || e.Status == ExecutionStatus.Cancelled
                || e.Status == ExecutionStatus.Retrying || e.Status == ExecutionStatus.Queued && e.DueAt > entry.At)),
            ExecutionMove.Discard => rows.Where(e => e.OwnerId == null && e.Status == ExecutionStatus.DeadLettered),
            _ => rows.Where(e => e.OwnerId == entry.Owner && e.FinishedAt == null),
        };
        var at = entry.At;
        entry.Applied = 0 < entry.Move switch
        {
            ExecutionMove.Cancel or ExecutionMove.CancelOwned or ExecutionMove.Discard => rows.ExecuteUpdate(set => set
                .SetProperty(e => e.Status, ExecutionStatus.Cancelled).SetProperty(e => e.FinishedAt, at).SetProperty(e => e.OwnerId, (Guid?)null)),
            ExecutionMove.RetryNow => rows.ExecuteUpdate(set => set
                .SetProperty(e => e.Status, e => e.Attempts > 0 ? ExecutionStatus.Retrying : ExecutionStatus.Queued)
                .SetProperty(e => e.DueAt, at).SetProperty(e => e.FinishedAt, (DateTimeOffset?)null)),
            ExecutionMove.Release => rows.ExecuteUpdate(set => set
                .SetProperty(e => e.Status, e => e.Attempts > 0 ? ExecutionStatus.Retrying : ExecutionStatus.Queued).SetProperty(e => e.OwnerId, (Guid?)null)),
            ExecutionMove.MarkRunning => rows.ExecuteUpdate(set => set.SetProperty(e => e.Status, ExecutionStatus.Running).SetProperty(e => e.StartedAt, at)),
            _ => throw new ArgumentOutOfRangeException(nameof(entry)),
        };
        if (!entry.Applied) return;
        entry.TriggerId = context.Executions.Where(e => e.Id == entry.ExecutionId).Select(e => e.TriggerId).Single();
        if (entry.Action is { } action && !context.ExecutionActions.Any(a => a.ExecutionId == action.ExecutionId && a.At == action.At && a.Kind == action.Kind))
        {
            context.ExecutionActions.Add(action);
            context.SaveChanges();
        }
    }

    private static void Claim(ClaimEntry entry, TriggerConsoleDbContext context)
    {
        entry.Claimed.Clear(); // the batch may be tried again
        var priorities = Enumerable.Range(0, 10).Where(priority => (entry.Priorities & 1 << priority) != 0).ToList();
        var waiting = context.Executions.AsNoTracking().Where(e => e.TriggerId == entry.TriggerId && e.OwnerId == null && e.FinishedAt == null && priorities.Contains(e.Priority));
        var due = waiting.Where(e => e.DueAt <= entry.Now).OrderByDescending(e => e.Priority).ThenBy(e => e.DueAt).ThenBy(e => e.Id).Take(entry.Limit)
            .Join(context.Events.AsNoTracking(), e => e.EventId, v => v.Id, (execution, stored) => new { execution, stored }).ToList();
        var bytes = 0L;
        foreach (var row in due.OrderByDescending(r => r.execution.Priority).ThenBy(r => r.execution.DueAt).ThenBy(r => r.execution.Id))
        {
            if (bytes >= entry.MaxBytes) break;
            bytes += row.stored.Body.Length;
            row.execution.OwnerId = entry.Owner;
            entry.Claimed.Add((row.execution, row.stored));
        }
        var ids = entry.Claimed.ConvertAll(c => c.Execution.Id);
        context.Executions.Where(e => ids.Contains(e.Id)).ExecuteUpdate(set => set.SetProperty(e => e.OwnerId, entry.Owner));
        entry.Exhausted = due.Count < entry.Limit && entry.Claimed.Count == due.Count && bytes < entry.MaxBytes;
        entry.NextDue = entry.Exhausted ? waiting.OrderBy(e => e.DueAt).Select(e => (DateTimeOffset?)e.DueAt).FirstOrDefault() : null;
    }

    private static void Clean(CleanEntry entry, TriggerConsoleDbContext context)
    {
        (entry.Deleted, entry.Next) = (0, null);
        var (after, before) = (entry.After, Uuid7.Floor(entry.Before));
        switch (entry.Part)
        {
            case HistoryPart.Succeeded:
                var looked = context.Executions.Where(e => e.Id > after && e.Id < before).OrderBy(e => e.Id).Take(entry.Limit).Select(e => new { e.Id, e.Status }).ToList();
                DeleteExecutions(looked.Where(e => e.Status == ExecutionStatus.Succeeded).Select(e => e.Id).ToList(), entry, context);
                if (looked.Count == entry.Limit) entry.Next = looked[^1].Id;
                return;
            case HistoryPart.Events:
                var events = context.Events.Where(e => e.Id > after && e.Id < before).OrderBy(e => e.Id).Take(entry.Limit)
                    .Select(e => new { e.Id, Used = context.Executions.Any(x => x.EventId == e.Id) }).ToList();
                var unused = events.Where(e => !e.Used).Select(e => e.Id).ToList();
                entry.Deleted = context.Events.Where(e => unused.Contains(e.Id)).ExecuteDelete();
                if (events.Count == entry.Limit) entry.Next = events[^1].Id;
                return;
            case HistoryPart.DeadLettered or HistoryPart.Cancelled:
                var status = entry.Part == HistoryPart.DeadLettered ? ExecutionStatus.DeadLettered : ExecutionStatus.Cancelled;
                DeleteExecutions(context.Executions.Where(e => e.Status == status && e.OwnerId == null && e.Id < before).OrderBy(e => e.Id).Take(entry.Limit).Select(e => e.Id).ToList(), entry, context);
                break;
            case HistoryPart.Rejections:
                var rejections = context.Rejections.Where(r => r.Id < before).OrderBy(r => r.Id).Take(entry.Limit).Select(r => r.Id).ToList();
                entry.Deleted = context.Rejections.Where(r => rejections.Contains(r.Id)).ExecuteDelete();
                break;
            case HistoryPart.Statistics:
                var minutes = context.Statistics.Where(s => s.Minute < entry.Before).OrderBy(s => s.Minute).Take(entry.Limit).ToList();
                context.Statistics.RemoveRange(minutes);
                entry.Deleted = context.SaveChanges();
                break;
            case HistoryPart.ScheduleRuns:
                // The last one of a schedule stays: it says that its time was dealt with
                context.ScheduleRuns.RemoveRange(context.ScheduleRuns
                    .Where(r => r.DueAt < entry.Before && (context.ScheduleRuns.Any(l => l.ScheduleId == r.ScheduleId && l.DueAt > r.DueAt) || !context.Schedules.Any(s => s.Id == r.ScheduleId && s.DeletedAt == null)))
                    .OrderBy(r => r.DueAt).Take(entry.Limit).ToList());
                entry.Deleted = context.SaveChanges();
                break;
            case HistoryPart.IdempotencyKeys:
                context.IdempotencyKeys.RemoveRange(context.IdempotencyKeys.Where(k => k.ExpiresAt < entry.Before).OrderBy(k => k.ExpiresAt).Take(entry.Limit).ToList());
                entry.Deleted = context.SaveChanges();
                break;
            default: throw new ArgumentOutOfRangeException(nameof(entry));
        }
        if (entry.Deleted == entry.Limit) entry.Next = Guid.Empty;
    }

    private static void DeleteExecutions(List<Guid> ids, CleanEntry entry, TriggerConsoleDbContext context)
    {
        context.Attempts.Where(a => ids.Contains(a.ExecutionId)).ExecuteDelete();
        context.ExecutionActions.Where(a => ids.Contains(a.ExecutionId)).ExecuteDelete();
        entry.Deleted = context.Executions.Where(e => ids.Contains(e.Id)).ExecuteDelete();
    }
}
