using Npgsql;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Executions.Stores;

internal sealed partial class PostgreSqlExecutionStore
{
    private static void AddEvents(NpgsqlBatch batch, List<AcceptEntry> accepted)
    {
        var events = new List<StoredEvent>(accepted.Count);
        foreach (var entry in accepted)
        {
            if (entry.Earlier is null && entry.Event is { } stored) events.Add(stored);
            else if (entry.Earlier is { } earlier && entry.EventIfDuplicate is { } duplicate && earlier.Fingerprint.AsSpan().SequenceEqual(entry.Key!.Fingerprint)) events.Add(duplicate);
        }
        if (events.Count == 0) return;
        var command = Add(batch, """
            INSERT INTO events (id, callback_id, origin, received_at, method, path, query_string, headers, content_type, remote_address, event_type, verdicts, actor, replay_of, variables, body)
            SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::text[], $10::text[], $11::text[], $12::bytea[], $13::text[], $14::uuid[], $15::bytea[], $16::bytea[])
            """);
        Bind(command, events, e => e.Id);
        Bind(command, events, e => e.CallbackId);
        Bind(command, events, e => StoreText.Of(e.Origin));
        Bind(command, events, e => e.ReceivedAt);
        Bind(command, events, e => e.Method);
        Bind(command, events, e => e.Path);
        Bind(command, events, e => e.QueryString);
        Bind(command, events, e => e.Headers);
        Bind(command, events, e => e.ContentType);
        Bind(command, events, e => e.RemoteAddress);
        Bind(command, events, e => e.EventType);
        Bind(command, events, e => e.Verdicts);
        Bind(command, events, e => e.Actor);
        Bind(command, events, e => e.ReplayOf);
        Bind(command, events, e => e.Variables);
        Bind(command, events, e => e.Body);
    }

    private static void AddExecutions(NpgsqlBatch batch, List<AcceptEntry> accepted)
    {
        var executions = new List<Execution>(accepted.Count);
        foreach (var entry in accepted)
            if (entry.Earlier is null) executions.AddRange(entry.Executions);
        if (executions.Count == 0) return;
        var command = Add(batch, """
            INSERT INTO executions (id, event_id, trigger_id, kind, status, priority, created_at, due_at, owner_id, is_test, replay_of, attempts, recoveries)
            SELECT u.*, 0, 0 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::timestamptz[], $8::timestamptz[], $9::uuid[], $10::bool[], $11::uuid[]) u
            """);
        Bind(command, executions, e => e.Id);
        Bind(command, executions, e => e.EventId);
        Bind(command, executions, e => e.TriggerId);
        Bind(command, executions, e => StoreText.Of(e.Kind));
        Bind(command, executions, e => StoreText.Of(e.Status));
        Bind(command, executions, e => e.Priority);
        Bind(command, executions, e => e.CreatedAt);
        Bind(command, executions, e => e.DueAt);
        Bind(command, executions, e => e.OwnerId);
        Bind(command, executions, e => e.IsTest);
        Bind(command, executions, e => e.ReplayOf);
    }

    private static void AddAttempts(NpgsqlBatch batch, List<AttemptEntry> entries)
    {
        if (entries.Count == 0) return;
        // NOT DISTINCT keeps the planner from the index of what nodes hold: by id it is one seek each.
        // Both or none: a node that was taken for dead must not write over what another one does with its executions. Answers with those it left out
        var insert = Add(batch, """
            WITH made AS (
                SELECT * FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::bigint[], $5::bool[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::bytea[], $11::bytea[],
                    $12::text[], $13::timestamptz[], $14::timestamptz[], $15::text[])
                    m (id, number, started_at, duration, succeeded, failure, code, detail, node_id, request, response, status, due_at, finished_at, target)),
            owned AS (
                UPDATE executions e SET status = m.status, due_at = m.due_at, finished_at = m.finished_at, owner_id = NULL, attempts = m.number, target = m.target,
                    last_code = m.code, last_failure = m.failure, last_detail = m.detail, last_duration_microseconds = m.duration
                FROM made m WHERE e.id = m.id AND e.owner_id IS NOT DISTINCT FROM m.node_id AND m.node_id IS NOT NULL AND e.finished_at IS NULL RETURNING e.id),
            noted AS (
                INSERT INTO attempts (execution_id, number, started_at, duration_microseconds, succeeded, failure, code, detail, node_id, request, response)
                SELECT m.id, m.number, m.started_at, m.duration, m.succeeded, m.failure, m.code, m.detail, m.node_id, m.request, m.response FROM made m JOIN owned o ON o.id = m.id
                ON CONFLICT DO NOTHING)
            SELECT id FROM made EXCEPT SELECT id FROM owned
            """);
        Bind(insert, entries, e => e.Attempt.ExecutionId);
        Bind(insert, entries, e => e.Attempt.Number);
        Bind(insert, entries, e => e.Attempt.StartedAt);
        Bind(insert, entries, e => e.Attempt.DurationMicroseconds);
        Bind(insert, entries, e => e.Attempt.Succeeded);
        Bind(insert, entries, e => StoreText.Of(e.Attempt.Failure));
        Bind(insert, entries, e => e.Attempt.Code);
        Bind(insert, entries, e => e.Attempt.Detail);
        Bind(insert, entries, e => e.Attempt.NodeId);
        Bind(insert, entries, e => e.Attempt.Request);
        Bind(insert, entries, e => e.Attempt.Response);
        Bind(insert, entries, e => StoreText.Of(e.Change.Status));
        Bind(insert, entries, e => e.Change.DueAt);
        Bind(insert, entries, e => e.Change.FinishedAt);
        Bind(insert, entries, e => e.Change.Target);
    }

    private static List<Guid> ReadLeftOut(NpgsqlDataReader reader)
    {
        var ids = new List<Guid>();
        while (reader.Read()) ids.Add(reader.GetGuid(0));
        reader.NextResult();
        return ids;
    }

    /// <summary>Which attempts count. Those that were left out may have been written before, by a commit whose answer was lost.</summary>
    private static void Judge(List<AttemptEntry> entries, List<Guid> leftOut, NpgsqlConnection connection)
    {
        foreach (var entry in entries) entry.Applied = true;
        if (leftOut.Count == 0) return;
        var written = new HashSet<(Guid, int, DateTimeOffset)>();
        using (var command = Command(connection, "SELECT execution_id, number, started_at FROM attempts WHERE execution_id = ANY ($1)", leftOut.ToArray()))
        using (var row = command.ExecuteReader())
            while (row.Read()) written.Add((row.GetGuid(0), row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2)));
        foreach (var entry in entries)
            if (leftOut.Contains(entry.Attempt.ExecutionId)) entry.Applied = written.Contains((entry.Attempt.ExecutionId, entry.Attempt.Number, entry.Attempt.StartedAt));
    }

    private static void AddRejections(NpgsqlBatch batch, List<Rejection> rejections)
    {
        if (rejections.Count == 0) return;
        var command = Add(batch, """
            INSERT INTO rejections (id, callback_id, at, reason, method, path, remote_address, user_agent, content_length)
            SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
            """);
        Bind(command, rejections, r => r.Id);
        Bind(command, rejections, r => r.CallbackId);
        Bind(command, rejections, r => r.At);
        Bind(command, rejections, r => r.Reason);
        Bind(command, rejections, r => r.Method);
        Bind(command, rejections, r => r.Path);
        Bind(command, rejections, r => r.RemoteAddress);
        Bind(command, rejections, r => r.UserAgent);
        Bind(command, rejections, r => r.ContentLength);
    }

    private static void AddStatistics(NpgsqlBatch batch, IReadOnlyCollection<ExecutionStatistic> counted)
    {
        if (counted.Count == 0) return;
        // In one order on all nodes: each row is locked as it is added to, and two nodes must never wait for each other
        var statistics = counted.OrderBy(s => s.TriggerId).ThenBy(s => s.Minute).ToList();
        var command = Add(batch, """
            INSERT INTO execution_statistics AS s (minute, trigger_id, accepted, succeeded, dead_lettered, cancelled, failed_attempts, attempts, duration_microseconds, longest_microseconds)
            SELECT * FROM unnest($1::timestamptz[], $2::uuid[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::bigint[], $10::bigint[])
            ON CONFLICT (minute, trigger_id) DO UPDATE SET accepted = s.accepted + excluded.accepted, succeeded = s.succeeded + excluded.succeeded,
                dead_lettered = s.dead_lettered + excluded.dead_lettered, cancelled = s.cancelled + excluded.cancelled,
                failed_attempts = s.failed_attempts + excluded.failed_attempts, attempts = s.attempts + excluded.attempts,
                duration_microseconds = s.duration_microseconds + excluded.duration_microseconds,
                longest_microseconds = greatest(s.longest_microseconds, excluded.longest_microseconds)
            """);
        Bind(command, statistics, s => s.Minute);
        Bind(command, statistics, s => s.TriggerId);
        Bind(command, statistics, s => s.Accepted);
        Bind(command, statistics, s => s.Succeeded);
        Bind(command, statistics, s => s.DeadLettered);
        Bind(command, statistics, s => s.Cancelled);
        Bind(command, statistics, s => s.FailedAttempts);
        Bind(command, statistics, s => s.Attempts);
        Bind(command, statistics, s => s.DurationMicroseconds);
        Bind(command, statistics, s => s.LongestMicroseconds);
    }

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(command);
        return command;
    }

    /// <summary>One column of all rows as one array parameter.</summary>
    private static void Bind<TRow, TValue>(NpgsqlBatchCommand command, IReadOnlyCollection<TRow> rows, Func<TRow, TValue> column)
    {
        var values = new TValue[rows.Count];
        var i = 0;
        foreach (var row in rows) values[i++] = column(row);
        command.Parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = values });
    }

    private static void Bind<TRow>(NpgsqlBatchCommand command, IReadOnlyCollection<TRow> rows, Func<TRow, string?> column)
        => Bind<TRow, string?>(command, rows, row => StoreText.Storable(column(row)));

    private static void Bind<TValue>(NpgsqlBatchCommand command, TValue value) => command.Parameters.Add(new NpgsqlParameter<TValue> { TypedValue = value });
}
