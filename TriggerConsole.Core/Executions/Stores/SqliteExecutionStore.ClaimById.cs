using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Executions.Stores;

internal sealed partial class SqliteExecutionStore
{
    private const int TriggerColumn = 25;
    private const int PriorityColumn = 26;

    private const string SelectDueById = """
        SELECT x.id, x.event_id, x.kind, x.status, x.created_at, x.due_at, x.attempts, x.recoveries, x.is_test, x.replay_of,
            e.callback_id, e.origin, e.received_at, e.method, e.path, e.query_string, e.headers, e.content_type, e.body,
            e.remote_address, e.event_type, e.verdicts, e.actor, e.replay_of, e.variables, x.trigger_id, x.priority
        FROM executions x JOIN events e ON e.id = x.event_id
        WHERE x.id = ? AND x.trigger_id IS NOT NULL AND x.due_at <= ? AND x.owner_id IS NULL AND x.finished_at IS NULL
        """;

    private void Write(ClaimByIdEntry entry)
    {
        entry.Claimed.Clear(); // the batch may be tried again
        foreach (var id in entry.ExecutionIds)
        {
            var select = Prepare(SelectDueById).Bind(id).Bind(entry.Now);
            if (select.Read()) entry.Claimed.Add(ReadDue(select, select.GetGuid(TriggerColumn), entry.Owner, select.GetInt32(PriorityColumn)));
            select.Reset();
        }
        foreach (var (execution, _) in entry.Claimed)
            Prepare("UPDATE executions SET owner_id = ? WHERE id = ?").Bind(entry.Owner).Bind(execution.Id).Execute();
    }
}
