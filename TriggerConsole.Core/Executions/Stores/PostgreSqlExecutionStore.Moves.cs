using Npgsql;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Stores;

internal sealed partial class PostgreSqlExecutionStore
{
    private static void TakeKey(AcceptEntry entry, NpgsqlConnection connection)
    {
        var key = entry.Key!;
        using var insert = new NpgsqlCommand("""
            INSERT INTO idempotency_keys AS k (scope, key, event_id, fingerprint, expires_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (scope, key) DO UPDATE SET event_id = excluded.event_id, fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
            WHERE k.expires_at <= $6
            """, connection);
        foreach (var value in (object[])[key.Scope, key.Key, key.EventId, key.Fingerprint, key.ExpiresAt, entry.Event?.ReceivedAt ?? entry.Executions[0].CreatedAt])
            insert.Parameters.Add(new NpgsqlParameter { Value = value });
        entry.Earlier = null;
        if (insert.ExecuteNonQuery() > 0) return;
        using var find = new NpgsqlCommand("SELECT event_id, fingerprint, expires_at FROM idempotency_keys WHERE scope = $1 AND key = $2", connection);
        find.Parameters.Add(new NpgsqlParameter { Value = key.Scope });
        find.Parameters.Add(new NpgsqlParameter { Value = key.Key });
        using var row = find.ExecuteReader();
        row.Read();
        entry.Earlier = new()
        {
            Scope = key.Scope,
            Key = key.Key,
            EventId = row.GetGuid(0),
            Fingerprint = row.GetFieldValue<byte[]>(1),
            ExpiresAt = row.GetFieldValue<DateTimeOffset>(2),
        };
    }

    private static void TakeRun(AcceptEntry entry, NpgsqlConnection connection)
    {
        var run = entry.Run!;
        using var insert = new NpgsqlCommand("""
            INSERT INTO schedule_runs (schedule_id, due_at, fired_at, outcome, detail, event_id, is_manual, actor, node_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT DO NOTHING
            """, connection);
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = run.ScheduleId });
        insert.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = run.DueAt });
        insert.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = run.FiredAt });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = StoreText.Of(run.Outcome) });
        insert.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = StoreText.Storable(run.Detail) });
        insert.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = run.EventId });
        insert.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = run.IsManual });
        insert.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = StoreText.Storable(run.Actor) });
        insert.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = run.NodeId });
        entry.HasRun = insert.ExecuteNonQuery() == 0;
    }

    private static void AddMove(NpgsqlBatch batch, MoveEntry entry)
    {
        var action = entry.Action;
        var update = entry.Move switch
        {
            ExecutionMove.Cancel => "UPDATE executions SET status = 'Cancelled', finished_at = $1 WHERE id = $2 AND owner_id IS NULL AND finished_at IS NULL RETURNING trigger_id",
            ExecutionMove.RetryNow => """
                UPDATE executions SET status = CASE WHEN attempts > 0 THEN 'Retrying' ELSE 'Queued' END, due_at = $1, finished_at = NULL
                WHERE id = $2 AND owner_id IS NULL AND (status IN ('DeadLettered', 'Cancelled', 'Retrying') OR status = 'Queued' AND due_at > $1) RETURNING trigger_id
                """,
            ExecutionMove.Discard => "UPDATE executions SET status = 'Cancelled', finished_at = $1 WHERE id = $2 AND owner_id IS NULL AND status = 'DeadLettered' RETURNING trigger_id",
            ExecutionMove.CancelOwned => "UPDATE executions SET status = 'Cancelled', finished_at = $1, owner_id = NULL WHERE id = $2 AND owner_id = $7 AND finished_at IS NULL RETURNING trigger_id",
            ExecutionMove.Release => """
                UPDATE executions SET owner_id = NULL, status = CASE WHEN attempts > 0 THEN 'Retrying' ELSE 'Queued' END
                WHERE $1::timestamptz IS NOT NULL AND id = $2 AND owner_id = $3 AND finished_at IS NULL RETURNING trigger_id
                """,
            ExecutionMove.MarkRunning => "UPDATE executions SET status = 'Running', started_at = $1 WHERE id = $2 AND owner_id = $3 AND finished_at IS NULL RETURNING trigger_id",
            _ => throw new ArgumentOutOfRangeException(nameof(entry)),
        };
        var command = Add(batch, action is null ? update : $"""
            WITH moved AS ({update}),
            noted AS (INSERT INTO execution_actions (execution_id, at, kind, actor, detail, node_id) SELECT $2, $1, $3, $4, $5, $6 FROM moved ON CONFLICT DO NOTHING)
            SELECT trigger_id FROM moved
            """);
        Bind(command, entry.At);
        Bind(command, entry.ExecutionId);
        if (action is not null)
        {
            Bind(command, StoreText.Of(action.Kind));
            Bind(command, StoreText.Storable(action.Actor));
            Bind(command, StoreText.Storable(action.Detail));
            Bind(command, action.NodeId);
        }
        if (entry.Owner is { } owner) Bind(command, owner);
    }

    private static void Read(MoveEntry entry, NpgsqlDataReader reader)
    {
        entry.Applied = reader.Read();
        if (entry.Applied) entry.TriggerId = reader.IsDBNull(0) ? null : reader.GetGuid(0);
        reader.NextResult();
    }

    private static void AddReleaseAll(NpgsqlBatch batch, ReleaseAllEntry entry) => Bind(Add(batch, """
        UPDATE executions SET owner_id = NULL, status = CASE WHEN attempts > 0 THEN 'Retrying' ELSE 'Queued' END WHERE owner_id = $1 AND finished_at IS NULL
        """), entry.Owner);

    private static void AddProbe(NpgsqlBatch batch, ProbeEntry entry) => Bind(Add(batch, """
        INSERT INTO settings (name, value, updated_at) VALUES ('probe', '{}', $1) ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at
        """), entry.Now);

    // One seek per priority; rows that another node is taking at this moment are passed over
    private const string ClaimAny = """
        WITH due AS MATERIALIZED (
            SELECT x.id, x.priority, x.due_at FROM (SELECT g.priority FROM generate_series(9, 0, -1) AS g (priority) WHERE $6 & (1 << g.priority) <> 0) AS p
            CROSS JOIN LATERAL (
                SELECT id, priority, due_at FROM executions
                WHERE trigger_id = $1 AND priority = p.priority AND due_at <= $2 AND owner_id IS NULL AND finished_at IS NULL
                ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) x
            LIMIT $3),
        sized AS (
            SELECT d.id, sum(octet_length(v.body)) OVER (ORDER BY d.priority DESC, d.due_at, d.id) - octet_length(v.body) AS bytes_before
            FROM due d JOIN executions x ON x.id = d.id JOIN events v ON v.id = x.event_id),
        claimed AS (
            UPDATE executions x SET owner_id = $4 FROM sized s WHERE x.id = s.id AND s.bytes_before < $5
            RETURNING x.id, x.event_id, x.kind, x.status, x.priority, x.created_at, x.due_at, x.attempts, x.recoveries, x.is_test, x.replay_of)
        SELECT c.*, v.callback_id, v.origin, v.received_at, v.method, v.path, v.query_string, v.headers, v.content_type,
            v.remote_address, v.event_type, v.verdicts, v.actor, v.replay_of, v.variables, v.body
        FROM claimed c JOIN events v ON v.id = c.event_id ORDER BY c.priority DESC, c.due_at, c.id
        """;

    // Whether another node holds any; the statuses lead the index of what nodes hold
    private const string HeldElsewhere = "EXISTS (SELECT FROM executions o WHERE o.status IN ('Queued', 'Running', 'Retrying') AND o.trigger_id = $1 AND o.owner_id IS NOT NULL AND o.owner_id <> {owner})";

    private static readonly string s_claimAlone = ClaimAny.Replace("WHERE trigger_id = $1 AND priority", $"WHERE NOT {HeldElsewhere.Replace("{owner}", "$4", StringComparison.Ordinal)} AND trigger_id = $1 AND priority", StringComparison.Ordinal);

    private const string NextAny = """
        SELECT min(x.due_at), false FROM (SELECT g.priority FROM generate_series(0, 9) AS g (priority) WHERE $2 & (1 << g.priority) <> 0) AS p
        CROSS JOIN LATERAL (
            SELECT due_at FROM executions WHERE trigger_id = $1 AND priority = p.priority AND owner_id IS NULL AND finished_at IS NULL ORDER BY due_at LIMIT 1) x
        """;

    private static readonly string s_nextAlone = NextAny.Replace("min(x.due_at), false", $"min(x.due_at), {HeldElsewhere.Replace("{owner}", "$3", StringComparison.Ordinal)}", StringComparison.Ordinal);

    private static void AddClaim(NpgsqlBatch batch, ClaimEntry entry)
    {
        var claim = Add(batch, entry.Alone ? s_claimAlone : ClaimAny);
        Bind(claim, entry.TriggerId);
        Bind(claim, entry.Now);
        Bind(claim, entry.Limit);
        Bind(claim, entry.Owner);
        Bind(claim, entry.MaxBytes);
        Bind(claim, entry.Priorities);
        var next = Add(batch, entry.Alone ? s_nextAlone : NextAny);
        Bind(next, entry.TriggerId);
        Bind(next, entry.Priorities);
        if (entry.Alone) Bind(next, entry.Owner);
    }

    private static void Read(ClaimEntry entry, NpgsqlDataReader reader)
    {
        entry.Claimed.Clear(); // the batch may be tried again
        var bytes = 0L;
        while (reader.Read())
        {
            var claimed = ReadDue(reader, entry.TriggerId, entry.Owner);
            bytes += claimed.Event.Body.Length;
            entry.Claimed.Add(claimed);
        }
        reader.NextResult();
        reader.Read();
        DateTimeOffset? next = reader.IsDBNull(0) ? null : reader.GetFieldValue<DateTimeOffset>(0);
        // While another node has some of it, newcomers must queue up behind those
        var isHeldElsewhere = reader.GetBoolean(1);
        entry.Exhausted = !isHeldElsewhere && entry.Claimed.Count < entry.Limit && bytes < entry.MaxBytes && !(next <= entry.Now);
        entry.NextDue = entry.Exhausted ? next : null;
        reader.NextResult();
    }

    private static (Execution Execution, StoredEvent Event) ReadDue(NpgsqlDataReader row, Guid triggerId, Guid owner)
    {
        var execution = new Execution
        {
            Id = row.GetGuid(0),
            EventId = row.GetGuid(1),
            TriggerId = triggerId,
            Kind = Enum.Parse<TriggerKind>(row.GetString(2)),
            Status = Enum.Parse<ExecutionStatus>(row.GetString(3)),
            Priority = row.GetInt32(4),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(5),
            DueAt = row.GetFieldValue<DateTimeOffset>(6),
            OwnerId = owner,
            Attempts = row.GetInt32(7),
            Recoveries = row.GetInt32(8),
            IsTest = row.GetBoolean(9),
            ReplayOf = GuidOrNull(row, 10),
        };
        var stored = new StoredEvent
        {
            Id = execution.EventId,
            CallbackId = GuidOrNull(row, 11),
            Origin = Enum.Parse<EventOrigin>(row.GetString(12)),
            ReceivedAt = row.GetFieldValue<DateTimeOffset>(13),
            Method = row.GetString(14),
            Path = row.GetString(15),
            QueryString = row.GetString(16),
            Headers = row.GetFieldValue<byte[]>(17),
            ContentType = TextOrNull(row, 18),
            RemoteAddress = TextOrNull(row, 19),
            EventType = TextOrNull(row, 20),
            Verdicts = row.GetFieldValue<byte[]>(21),
            Actor = TextOrNull(row, 22),
            ReplayOf = GuidOrNull(row, 23),
            Variables = row.IsDBNull(24) ? null : row.GetFieldValue<byte[]>(24),
            Body = row.GetFieldValue<byte[]>(25),
        };
        return (execution, stored);
    }

    private static Guid? GuidOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);

    private static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
