using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Scheduling;

namespace TriggerConsole.Core.Executions.Stores;

internal sealed partial class SqliteExecutionStore
{
    private const string InsertEvent = """
        INSERT INTO events (id, callback_id, origin, received_at, method, path, query_string, headers, content_type, body,
            remote_address, event_type, verdicts, actor, replay_of, variables)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string InsertExecution = """
        INSERT INTO executions (id, event_id, trigger_id, kind, status, priority, created_at, due_at, owner_id, attempts, recoveries, is_test, replay_of)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)
        """;

    private const string InsertAttempt = """
        INSERT INTO attempts (execution_id, number, started_at, duration_microseconds, succeeded, failure, code, detail, node_id, request, response)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string FinishAttempt = """
        UPDATE executions SET status = ?, due_at = ?, finished_at = ?, owner_id = NULL, attempts = ?, target = ?,
            last_code = ?, last_failure = ?, last_detail = ?, last_duration_microseconds = ?
        WHERE id = ? AND owner_id = ? AND finished_at IS NULL
        """;

    private const string ReleaseAll = """
        UPDATE executions SET owner_id = NULL, status = CASE WHEN attempts > 0 THEN 'Retrying' ELSE 'Queued' END WHERE owner_id = ? AND finished_at IS NULL
        """;

    private const string InsertRejection = """
        INSERT INTO rejections (id, callback_id, at, reason, method, path, remote_address, user_agent, content_length) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    private const string AddStatistic = """
        INSERT INTO execution_statistics (minute, trigger_id, accepted, succeeded, dead_lettered, cancelled, failed_attempts, attempts, duration_microseconds, longest_microseconds)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (minute, trigger_id) DO UPDATE SET accepted = accepted + excluded.accepted, succeeded = succeeded + excluded.succeeded,
            dead_lettered = dead_lettered + excluded.dead_lettered, cancelled = cancelled + excluded.cancelled,
            failed_attempts = failed_attempts + excluded.failed_attempts, attempts = attempts + excluded.attempts,
            duration_microseconds = duration_microseconds + excluded.duration_microseconds,
            longest_microseconds = max(longest_microseconds, excluded.longest_microseconds)
        """;

    private const string InsertRun = """
        INSERT INTO schedule_runs (schedule_id, due_at, fired_at, outcome, detail, event_id, is_manual, actor, node_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """;

    private const string InsertAction = """
        INSERT INTO execution_actions (execution_id, at, kind, actor, detail, node_id) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """;

    private const string ClaimKey = """
        INSERT INTO idempotency_keys (scope, key, event_id, fingerprint, expires_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (scope, key) DO UPDATE SET event_id = excluded.event_id, fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
        WHERE idempotency_keys.expires_at <= ?
        """;

    private void Write(AcceptEntry entry)
    {
        entry.HasRun = entry.Run is { } run && !TryInsert(run);
        if (entry.HasRun) return;
        entry.Earlier = entry.Key is { } key ? TakeKey(key, entry) : null;
        if (entry.Earlier is not null)
        {
            if (entry.EventIfDuplicate is { } duplicate && entry.Earlier.Fingerprint.AsSpan().SequenceEqual(entry.Key!.Fingerprint)) Insert(duplicate);
            return;
        }
        if (entry.Event is { } stored) Insert(stored);
        for (var i = 0; i < entry.Executions.Count; i++) Insert(entry.Executions[i]);
    }

    private IdempotencyKey? TakeKey(IdempotencyKey key, AcceptEntry entry)
    {
        var taken = Prepare(ClaimKey).Bind(key.Scope).Bind(key.Key).Bind(key.EventId).Bind(key.Fingerprint).Bind(key.ExpiresAt)
            .Bind(entry.Event?.ReceivedAt ?? entry.Executions[0].CreatedAt).Execute();
        if (taken > 0) return null;
        var find = Prepare("SELECT event_id, fingerprint, expires_at FROM idempotency_keys WHERE scope = ? AND key = ?").Bind(key.Scope).Bind(key.Key);
        find.Read();
        var earlier = new IdempotencyKey { Scope = key.Scope, Key = key.Key, EventId = find.GetGuid(0), Fingerprint = find.GetBlob(1), ExpiresAt = find.GetTime(2) };
        find.Reset();
        return earlier;
    }

    private bool TryInsert(ScheduleRun run) => Prepare(InsertRun)
        .Bind(run.ScheduleId).Bind(run.DueAt).Bind(run.FiredAt).Bind(StoreText.Of(run.Outcome)).Bind(run.Detail).Bind(run.EventId)
        .Bind(run.IsManual ? 1 : 0).Bind(run.Actor).Bind(run.NodeId).Execute() > 0;

    private void Insert(ExecutionAction action) => Prepare(InsertAction)
        .Bind(action.ExecutionId).Bind(action.At).Bind(StoreText.Of(action.Kind)).Bind(action.Actor).Bind(action.Detail).Bind(action.NodeId).Execute();

    private void Insert(StoredEvent stored) => Prepare(InsertEvent)
        .Bind(stored.Id).Bind(stored.CallbackId).Bind(StoreText.Of(stored.Origin)).Bind(stored.ReceivedAt).Bind(stored.Method).Bind(stored.Path)
        .Bind(stored.QueryString).Bind(stored.Headers).Bind(stored.ContentType).Bind(stored.Body).Bind(stored.RemoteAddress)
        .Bind(stored.EventType).Bind(stored.Verdicts).Bind(stored.Actor).Bind(stored.ReplayOf).Bind(stored.Variables)
        .Execute();

    private void Insert(Execution execution) => Prepare(InsertExecution)
        .Bind(execution.Id).Bind(execution.EventId).Bind(execution.TriggerId).Bind(StoreText.Of(execution.Kind)).Bind(StoreText.Of(execution.Status))
        .Bind(execution.Priority).Bind(execution.CreatedAt).Bind(execution.DueAt).Bind(execution.OwnerId).Bind(execution.IsTest ? 1 : 0).Bind(execution.ReplayOf)
        .Execute();

    private void Write(AttemptEntry entry)
    {
        var (attempt, change) = (entry.Attempt, entry.Change);
        entry.Applied = Prepare(FinishAttempt)
            .Bind(StoreText.Of(change.Status)).Bind(change.DueAt).Bind(change.FinishedAt).Bind(attempt.Number).Bind(change.Target)
            .Bind(attempt.Code).Bind(StoreText.Of(attempt.Failure)).Bind(attempt.Detail).Bind(attempt.DurationMicroseconds).Bind(attempt.ExecutionId).Bind(attempt.NodeId)
            .Execute() > 0;
        if (!entry.Applied)
        {
            // A commit whose answer was lost may have written it before
            var find = Prepare("SELECT 1 FROM attempts WHERE execution_id = ? AND number = ? AND started_at = ?").Bind(attempt.ExecutionId).Bind(attempt.Number).Bind(attempt.StartedAt);
            entry.Applied = find.Read();
            find.Reset();
            return;
        }
        Prepare(InsertAttempt)
            .Bind(attempt.ExecutionId).Bind(attempt.Number).Bind(attempt.StartedAt).Bind(attempt.DurationMicroseconds).Bind(attempt.Succeeded ? 1 : 0)
            .Bind(StoreText.Of(attempt.Failure)).Bind(attempt.Code).Bind(attempt.Detail).Bind(attempt.NodeId).Bind(attempt.Request).Bind(attempt.Response)
            .Execute();
    }

    private void Write(MoveEntry entry)
    {
        var sql = entry.Move switch
        {
            ExecutionMove.Cancel => "UPDATE executions SET status = 'Cancelled', finished_at = ?1 WHERE id = ?2 AND owner_id IS NULL AND finished_at IS NULL RETURNING trigger_id",
            ExecutionMove.RetryNow => """
                UPDATE executions SET status = CASE WHEN attempts > 0 THEN 'Retrying' ELSE 'Queued' END, due_at = ?1, finished_at = NULL
                WHERE id = ?2 AND owner_id IS NULL AND (status IN ('DeadLettered', 'Cancelled', 'Retrying') OR status = 'Queued' AND due_at > ?1) RETURNING trigger_id
                """,
            ExecutionMove.Discard => "UPDATE executions SET status = 'Cancelled', finished_at = ?1 WHERE id = ?2 AND owner_id IS NULL AND status = 'DeadLettered' RETURNING trigger_id",
            ExecutionMove.CancelOwned => "UPDATE executions SET status = 'Cancelled', finished_at = ?1, owner_id = NULL WHERE id = ?2 AND owner_id = ?3 AND finished_at IS NULL RETURNING trigger_id",
            ExecutionMove.Release => """
                UPDATE executions SET owner_id = NULL, status = CASE WHEN attempts > 0 THEN 'Retrying' ELSE 'Queued' END
                WHERE ?1 IS NOT NULL AND id = ?2 AND owner_id = ?3 AND finished_at IS NULL RETURNING trigger_id
                """,
            ExecutionMove.MarkRunning => "UPDATE executions SET status = 'Running', started_at = ?1 WHERE id = ?2 AND owner_id = ?3 AND finished_at IS NULL RETURNING trigger_id",
            _ => throw new ArgumentOutOfRangeException(nameof(entry)),
        };
        var statement = Prepare(sql).Bind(entry.At).Bind(entry.ExecutionId);
        if (entry.Owner is { } owner) statement.Bind(owner);
        entry.Applied = statement.Read();
        if (entry.Applied) entry.TriggerId = statement.GetGuidOrNull(0);
        statement.Reset();
        if (entry.Applied && entry.Action is { } action) Insert(action);
    }

    private void Write(RejectionEntry entry)
    {
        var rejection = entry.Rejection;
        Prepare(InsertRejection)
            .Bind(rejection.Id).Bind(rejection.CallbackId).Bind(rejection.At).Bind(rejection.Reason).Bind(rejection.Method).Bind(rejection.Path)
            .Bind(rejection.RemoteAddress).Bind(rejection.UserAgent).Bind(rejection.ContentLength)
            .Execute();
    }

    private void Add(ExecutionStatistic s) => Prepare(AddStatistic)
        .Bind(s.Minute).Bind(s.TriggerId).Bind(s.Accepted).Bind(s.Succeeded).Bind(s.DeadLettered).Bind(s.Cancelled).Bind(s.FailedAttempts)
        .Bind(s.Attempts).Bind(s.DurationMicroseconds).Bind(s.LongestMicroseconds)
        .Execute();
}
