using Npgsql;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Executions.Stores;

internal sealed partial class PostgreSqlExecutionStore
{
    private static void Clean(CleanEntry entry, NpgsqlConnection connection)
    {
        (entry.Deleted, entry.Next) = (0, null);
        var before = Uuid7.Floor(entry.Before);
        switch (entry.Part)
        {
            case HistoryPart.Succeeded:
                Walk(entry, connection, "SELECT id, status = 'Succeeded' FROM executions WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3", DeleteExecutions);
                break;
            case HistoryPart.Events:
                Walk(entry, connection, "SELECT id, NOT EXISTS (SELECT 1 FROM executions WHERE event_id = events.id) FROM events WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3",
                    "DELETE FROM events WHERE id = ANY ($1)");
                break;
            case HistoryPart.DeadLettered or HistoryPart.Cancelled:
                var status = StoreText.Of(entry.Part == HistoryPart.DeadLettered ? ExecutionStatus.DeadLettered : ExecutionStatus.Cancelled);
                var ids = Ids(connection, "SELECT id FROM executions WHERE status = $1 AND id < $2 AND status <> 'Succeeded' AND owner_id IS NULL ORDER BY id LIMIT $3", status, before, entry.Limit);
                entry.Deleted = Execute(connection, DeleteExecutions, ids);
                break;
            case HistoryPart.Rejections:
                entry.Deleted = Execute(connection, "DELETE FROM rejections WHERE id IN (SELECT id FROM rejections WHERE id < $1 ORDER BY id LIMIT $2)", before, entry.Limit);
                break;
            case HistoryPart.Statistics:
                entry.Deleted = Execute(connection, "DELETE FROM execution_statistics WHERE (minute, trigger_id) IN (SELECT minute, trigger_id FROM execution_statistics WHERE minute < $1 LIMIT $2)", entry.Before, entry.Limit);
                break;
            case HistoryPart.IdempotencyKeys:
                entry.Deleted = Execute(connection, "DELETE FROM idempotency_keys WHERE (scope, key) IN (SELECT scope, key FROM idempotency_keys WHERE expires_at < $1 LIMIT $2)", entry.Before, entry.Limit);
                break;
            case HistoryPart.ScheduleRuns:
                // The last one of a schedule stays: it says that its time was dealt with
                entry.Deleted = Execute(connection, "DELETE FROM schedule_runs WHERE (schedule_id, due_at) IN (SELECT r.schedule_id, r.due_at FROM schedule_runs r WHERE r.due_at < $1 AND (EXISTS (SELECT 1 FROM schedule_runs l WHERE l.schedule_id = r.schedule_id AND l.due_at > r.due_at) OR NOT EXISTS (SELECT 1 FROM schedules s WHERE s.id = r.schedule_id AND s.deleted_at IS NULL)) LIMIT $2)", entry.Before, entry.Limit);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(entry));
        }
        if (entry.Part is not (HistoryPart.Succeeded or HistoryPart.Events) && entry.Deleted == entry.Limit) entry.Next = Guid.Empty;
    }

    private const string DeleteExecutions = "WITH gone AS (DELETE FROM attempts WHERE execution_id = ANY ($1)), done AS (DELETE FROM execution_actions WHERE execution_id = ANY ($1)) DELETE FROM executions WHERE id = ANY ($1)";

    // Nearly all rows may go and there is no index for them alone: walk the primary key, which sorts by time
    private static void Walk(CleanEntry entry, NpgsqlConnection connection, string select, string delete)
    {
        var doomed = new List<Guid>();
        var looked = 0;
        var last = entry.After;
        using (var command = Command(connection, select, entry.After, Uuid7.Floor(entry.Before), entry.Limit))
        using (var row = command.ExecuteReader())
        {
            for (; row.Read(); looked++)
            {
                last = row.GetGuid(0);
                if (row.GetBoolean(1)) doomed.Add(last);
            }
        }
        if (doomed.Count > 0) entry.Deleted = Execute(connection, delete, doomed.ToArray());
        if (looked == entry.Limit) entry.Next = last;
    }

    private static Guid[] Ids(NpgsqlConnection connection, string sql, params object[] values)
    {
        var ids = new List<Guid>();
        using var command = Command(connection, sql, values);
        using var row = command.ExecuteReader();
        while (row.Read()) ids.Add(row.GetGuid(0));
        return [.. ids];
    }

    private static int Execute(NpgsqlConnection connection, string sql, params object[] values)
    {
        using var command = Command(connection, sql, values);
        return command.ExecuteNonQuery();
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
