using System.Net.Sockets;
using Npgsql;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Executions.Stores;

/// <summary>
/// History on PostgreSQL: all rows of one table in one statement (array parameters), all statements in one round trip and one
/// transaction.
/// </summary>
internal sealed partial class PostgreSqlExecutionStore : IExecutionStore
{
    private readonly NpgsqlDataSource _source;
    private NpgsqlConnection? _connection;

    public PostgreSqlExecutionStore(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "TriggerConsole journal" };
        if (builder.MaxAutoPrepare == 0) builder.MaxAutoPrepare = 40;
        _source = NpgsqlDataSource.Create(builder);
    }

    public void Write(IReadOnlyList<JournalEntry> entries, IReadOnlyCollection<ExecutionStatistic> statistics)
    {
        var connection = Connection();
        try
        {
            // Keys must be looked at before it is known what is inserted; without any, one round trip is the whole transaction
            using var transaction = entries.Any(e => e is AcceptEntry { Key: not null } or AcceptEntry { Run: not null } or CleanEntry) ? connection.BeginTransaction() : null;
            foreach (var entry in entries)
            {
                if (entry is AcceptEntry { Run: not null } tick) TakeRun(tick, connection);
                if (entry is CleanEntry clean) Clean(clean, connection);
            }
            // In one order on all nodes, so that two never wait for each other
            foreach (var keyed in entries.OfType<AcceptEntry>().Where(e => e is { Key: not null, HasRun: false }).OrderBy(e => e.Key!.Scope).ThenBy(e => e.Key!.Key, StringComparer.Ordinal)) TakeKey(keyed, connection);
            WriteBatch(entries, statistics, connection);
            transaction?.Commit();
        }
        catch
        {
            Drop();
            throw;
        }
    }

    public int Recover(Guid owner, DateTimeOffset now)
    {
        using var command = Connection().CreateCommand();
        command.CommandText = """
            WITH recovered AS (
                UPDATE executions SET owner_id = NULL, recoveries = recoveries + 1,
                    status = CASE WHEN status = 'Running' THEN CASE WHEN attempts > 0 THEN 'Retrying' ELSE 'Queued' END ELSE status END
                WHERE owner_id IS NOT NULL AND owner_id <> $1 AND finished_at IS NULL RETURNING id)
            INSERT INTO execution_actions (execution_id, at, kind, node_id) SELECT id, $2, 'Recovered', $1 FROM recovered
            """;
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = owner });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        return command.ExecuteNonQuery();
    }

    // 53: out of resources (disk full, too many connections), 57: told to stop, 08: connection, 25006: read only, 55P03/40: locks
    public bool IsUnavailable(Exception exception) => exception switch
    {
        PostgresException fault => fault.SqlState is ['5', '3', ..] or ['5', '7', ..] or ['0', '8', ..] or ['4', '0', ..] or ['5', '8', ..] or "25006" or "55P03",
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    public void Dispose()
    {
        _connection?.Dispose();
        _source.Dispose();
    }

    private NpgsqlConnection Connection()
    {
        if (_connection is { State: System.Data.ConnectionState.Open }) return _connection;
        Drop();
        _connection = _source.OpenConnection();
        // A process that stands still in the middle of a transaction must not hold its rows for good: others wait to take them over.
        // Every statement here has its index; a plan made while the tables were small would read them whole when they are large
        Execute(_connection, "SET idle_in_transaction_session_timeout = '30s'; SET enable_seqscan = off");
        return _connection;
    }

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private static void WriteBatch(IReadOnlyList<JournalEntry> entries, IReadOnlyCollection<ExecutionStatistic> statistics, NpgsqlConnection connection)
    {
        using var batch = connection.CreateBatch();
        var accepted = entries.OfType<AcceptEntry>().Where(e => !e.HasRun).ToList();
        AddEvents(batch, accepted);
        AddExecutions(batch, accepted);
        AddRejections(batch, [.. entries.OfType<RejectionEntry>().Select(e => e.Rejection)]);
        AddStatistics(batch, statistics);
        foreach (var release in entries.OfType<ReleaseAllEntry>()) AddReleaseAll(batch, release);
        foreach (var probe in entries.OfType<ProbeEntry>()) AddProbe(batch, probe);
        // Those that answer come last, in the order of the entries
        var attempts = entries.OfType<AttemptEntry>().ToList();
        AddAttempts(batch, attempts);
        var answering = entries.Where(e => e is MoveEntry or ClaimEntry or ClaimByIdEntry).ToList();
        foreach (var entry in answering)
        {
            if (entry is MoveEntry move) AddMove(batch, move);
            else if (entry is ClaimByIdEntry byId) AddClaim(batch, byId);
            else AddClaim(batch, (ClaimEntry)entry);
        }
        if (batch.BatchCommands.Count == 0) return;
        List<Guid> leftOut = [];
        using (var reader = batch.ExecuteReader())
        {
            if (attempts.Count > 0) leftOut = ReadLeftOut(reader);
            foreach (var entry in answering)
            {
                if (entry is MoveEntry move) Read(move, reader);
                else if (entry is ClaimByIdEntry byId) Read(byId, reader);
                else Read((ClaimEntry)entry, reader);
            }
        }
        Judge(attempts, leftOut, connection);
    }
}
