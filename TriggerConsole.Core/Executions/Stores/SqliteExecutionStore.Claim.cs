using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Stores;

internal sealed partial class SqliteExecutionStore
{
    private const int HighestPriority = 9;

    // One seek per priority: rows of one priority that are due come before those that are not, so no row is read in vain
    private const string SelectDue = """
        SELECT x.id, x.event_id, x.kind, x.status, x.created_at, x.due_at, x.attempts, x.recoveries, x.is_test, x.replay_of,
            e.callback_id, e.origin, e.received_at, e.method, e.path, e.query_string, e.headers, e.content_type, e.body,
            e.remote_address, e.event_type, e.verdicts, e.actor, e.replay_of, e.variables
        FROM executions x JOIN events e ON e.id = x.event_id
        WHERE x.trigger_id = ? AND x.priority = ? AND x.due_at <= ? AND x.owner_id IS NULL AND x.finished_at IS NULL
        ORDER BY x.due_at, x.id LIMIT ?
        """;

    private const string SelectNextDue = """
        SELECT due_at FROM executions WHERE trigger_id = ? AND priority = ? AND owner_id IS NULL AND finished_at IS NULL ORDER BY due_at LIMIT 1
        """;

    private void Write(ClaimEntry entry)
    {
        entry.Claimed.Clear(); // the batch may be tried again
        var bytes = 0L;
        for (var priority = HighestPriority; priority >= 0 && entry.Claimed.Count < entry.Limit && bytes < entry.MaxBytes; priority--)
        {
            if ((entry.Priorities & 1 << priority) == 0) continue;
            var select = Prepare(SelectDue).Bind(entry.TriggerId).Bind(priority).Bind(entry.Now).Bind(entry.Limit - entry.Claimed.Count);
            while (bytes < entry.MaxBytes && select.Read())
            {
                var claimed = ReadDue(select, entry, priority);
                bytes += claimed.Event.Body.Length;
                entry.Claimed.Add(claimed);
            }
            select.Reset();
        }
        foreach (var (execution, _) in entry.Claimed)
            Prepare("UPDATE executions SET owner_id = ? WHERE id = ?").Bind(entry.Owner).Bind(execution.Id).Execute();
        entry.Exhausted = entry.Claimed.Count < entry.Limit && bytes < entry.MaxBytes;
        entry.NextDue = entry.Exhausted ? FindNextDue(entry.TriggerId, entry.Priorities) : null;
    }

    private DateTimeOffset? FindNextDue(Guid triggerId, int priorities)
    {
        DateTimeOffset? next = null;
        for (var priority = HighestPriority; priority >= 0; priority--)
        {
            if ((priorities & 1 << priority) == 0) continue;
            var select = Prepare(SelectNextDue).Bind(triggerId).Bind(priority);
            if (select.Read() && select.GetTime(0) is var due && (next is null || due < next)) next = due;
            select.Reset();
        }
        return next;
    }

    private static (Execution Execution, StoredEvent Event) ReadDue(SqliteStatement row, ClaimEntry entry, int priority)
    {
        var execution = new Execution
        {
            Id = row.GetGuid(0),
            EventId = row.GetGuid(1),
            TriggerId = entry.TriggerId,
            Kind = Enum.Parse<TriggerKind>(row.GetText(2)),
            Status = Enum.Parse<ExecutionStatus>(row.GetText(3)),
            Priority = priority,
            CreatedAt = row.GetTime(4),
            DueAt = row.GetTime(5),
            OwnerId = entry.Owner,
            Attempts = row.GetInt32(6),
            Recoveries = row.GetInt32(7),
            IsTest = row.GetInt32(8) != 0,
            ReplayOf = row.GetGuidOrNull(9),
        };
        var stored = new StoredEvent
        {
            Id = execution.EventId,
            CallbackId = row.GetGuidOrNull(10),
            Origin = Enum.Parse<EventOrigin>(row.GetText(11)),
            ReceivedAt = row.GetTime(12),
            Method = row.GetText(13),
            Path = row.GetText(14),
            QueryString = row.GetText(15),
            Headers = row.GetBlob(16),
            ContentType = row.GetTextOrNull(17),
            Body = row.GetBlob(18),
            RemoteAddress = row.GetTextOrNull(19),
            EventType = row.GetTextOrNull(20),
            Verdicts = row.GetBlob(21),
            Actor = row.GetTextOrNull(22),
            ReplayOf = row.GetGuidOrNull(23),
            Variables = row.GetBlobOrNull(24),
        };
        return (execution, stored);
    }
}
