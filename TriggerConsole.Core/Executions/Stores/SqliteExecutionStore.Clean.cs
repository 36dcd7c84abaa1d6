using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Executions.Stores;

internal sealed partial class SqliteExecutionStore
{
    private void Write(CleanEntry entry)
    {
        (entry.Deleted, entry.Next) = (0, null);
        switch (entry.Part)
        {
            case HistoryPart.Succeeded: CleanSucceeded(entry); break;
            case HistoryPart.DeadLettered or HistoryPart.Cancelled: CleanUnsuccessful(entry); break;
            case HistoryPart.Events: CleanEvents(entry); break;
            case HistoryPart.Rejections:
                entry.Deleted = Prepare("DELETE FROM rejections WHERE id IN (SELECT id FROM rejections WHERE id < ? ORDER BY id LIMIT ?)")
                    .Bind(Uuid7.Floor(entry.Before)).Bind(entry.Limit).Execute();
                break;
            case HistoryPart.Statistics:
                entry.Deleted = Prepare("DELETE FROM execution_statistics WHERE (minute, trigger_id) IN (SELECT minute, trigger_id FROM execution_statistics WHERE minute < ? LIMIT ?)")
                    .Bind(entry.Before).Bind(entry.Limit).Execute();
                break;
            case HistoryPart.IdempotencyKeys:
                entry.Deleted = Prepare("DELETE FROM idempotency_keys WHERE (scope, key) IN (SELECT scope, key FROM idempotency_keys WHERE expires_at < ? LIMIT ?)")
                    .Bind(entry.Before).Bind(entry.Limit).Execute();
                break;
            case HistoryPart.ScheduleRuns:
                // The last one of a schedule stays: it says that its time was dealt with
                entry.Deleted = Prepare("DELETE FROM schedule_runs WHERE (schedule_id, due_at) IN (SELECT r.schedule_id, r.due_at FROM schedule_runs r WHERE r.due_at < ? AND (EXISTS (SELECT 1 FROM schedule_runs l WHERE l.schedule_id = r.schedule_id AND l.due_at > r.due_at) OR NOT EXISTS (SELECT 1 FROM schedules s WHERE s.id = r.schedule_id AND s.deleted_at IS NULL)) LIMIT ?)")
                    .Bind(entry.Before).Bind(entry.Limit).Execute();
                break;
            default: throw new ArgumentOutOfRangeException(nameof(entry));
        }
        if (entry.Part is HistoryPart.Rejections or HistoryPart.Statistics or HistoryPart.IdempotencyKeys or HistoryPart.ScheduleRuns && entry.Deleted == entry.Limit) entry.Next = Guid.Empty;
    }

    // Successes are nearly all rows and have no index of their own: walk the primary key, which sorts by time
    private void CleanSucceeded(CleanEntry entry)
    {
        var doomed = new List<Guid>();
        var looked = 0;
        var last = entry.After;
        var select = Prepare("SELECT id, status FROM executions WHERE id > ? AND id < ? ORDER BY id LIMIT ?").Bind(entry.After).Bind(Uuid7.Floor(entry.Before)).Bind(entry.Limit);
        for (; select.Read(); looked++)
        {
            last = select.GetGuid(0);
            if (select.GetText(1) == nameof(ExecutionStatus.Succeeded)) doomed.Add(last);
        }
        DeleteExecutions(doomed, entry);
        if (looked == entry.Limit) entry.Next = last;
    }

    private void CleanUnsuccessful(CleanEntry entry)
    {
        var doomed = new List<Guid>();
        var status = entry.Part == HistoryPart.DeadLettered ? ExecutionStatus.DeadLettered : ExecutionStatus.Cancelled;
        var select = Prepare("SELECT id FROM executions WHERE status = ? AND id < ? AND status <> 'Succeeded' AND owner_id IS NULL ORDER BY id LIMIT ?")
            .Bind(StoreText.Of(status)).Bind(Uuid7.Floor(entry.Before)).Bind(entry.Limit);
        while (select.Read()) doomed.Add(select.GetGuid(0));
        DeleteExecutions(doomed, entry);
        if (doomed.Count == entry.Limit) entry.Next = Guid.Empty;
    }

    private void DeleteExecutions(List<Guid> ids, CleanEntry entry)
    {
        foreach (var id in ids)
        {
            Prepare("DELETE FROM attempts WHERE execution_id = ?").Bind(id).Execute();
            Prepare("DELETE FROM execution_actions WHERE execution_id = ?").Bind(id).Execute();
            entry.Deleted += Prepare("DELETE FROM executions WHERE id = ?").Bind(id).Execute();
        }
    }

    private void CleanEvents(CleanEntry entry)
    {
        var doomed = new List<Guid>();
        var looked = 0;
        var last = entry.After;
        var select = Prepare("SELECT id, EXISTS (SELECT 1 FROM executions WHERE event_id = events.id) FROM events WHERE id > ? AND id < ? ORDER BY id LIMIT ?")
            .Bind(entry.After).Bind(Uuid7.Floor(entry.Before)).Bind(entry.Limit);
        for (; select.Read(); looked++)
        {
            last = select.GetGuid(0);
            if (select.GetInt32(1) == 0) doomed.Add(last);
        }
        foreach (var id in doomed) entry.Deleted += Prepare("DELETE FROM events WHERE id = ?").Bind(id).Execute();
        if (looked == entry.Limit) entry.Next = last;
    }
}
