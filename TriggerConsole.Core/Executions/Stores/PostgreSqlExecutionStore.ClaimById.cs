using Npgsql;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Executions.Stores;

internal sealed partial class PostgreSqlExecutionStore
{
    private const int TriggerColumn = 26;

    // Rows that another node is taking at this moment are passed over
    private const string ClaimByIds = """
        WITH due AS MATERIALIZED (
            SELECT id FROM executions WHERE id = ANY ($1) AND trigger_id IS NOT NULL AND due_at <= $2 AND owner_id IS NULL AND finished_at IS NULL FOR UPDATE SKIP LOCKED),
        claimed AS (
            UPDATE executions x SET owner_id = $3 FROM due d WHERE x.id = d.id
            RETURNING x.id, x.event_id, x.kind, x.status, x.priority, x.created_at, x.due_at, x.attempts, x.recoveries, x.is_test, x.replay_of, x.trigger_id)
        SELECT c.id, c.event_id, c.kind, c.status, c.priority, c.created_at, c.due_at, c.attempts, c.recoveries, c.is_test, c.replay_of,
            v.callback_id, v.origin, v.received_at, v.method, v.path, v.query_string, v.headers, v.content_type,
            v.remote_address, v.event_type, v.verdicts, v.actor, v.replay_of, v.variables, v.body, c.trigger_id
        FROM claimed c JOIN events v ON v.id = c.event_id
        """;

    private static void AddClaim(NpgsqlBatch batch, ClaimByIdEntry entry)
    {
        var claim = Add(batch, ClaimByIds);
        claim.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. entry.ExecutionIds] });
        Bind(claim, entry.Now);
        Bind(claim, entry.Owner);
    }

    private static void Read(ClaimByIdEntry entry, NpgsqlDataReader reader)
    {
        entry.Claimed.Clear(); // the batch may be tried again
        while (reader.Read()) entry.Claimed.Add(ReadDue(reader, reader.GetGuid(TriggerColumn), entry.Owner));
        reader.NextResult();
    }
}
