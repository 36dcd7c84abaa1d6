using Microsoft.Extensions.Logging;
using SQLitePCL;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Core.Executions.Stores;

/// <summary>History on SQLite: one writer connection, prepared statements, no ADO.NET on the way.</summary>
internal sealed partial class SqliteExecutionStore(string connectionString, SqliteWriteGate gate, ILogger<SqliteExecutionStore> logger) : IExecutionStore
{
    private readonly Dictionary<string, SqliteStatement> _statements = [];
    private sqlite3? _database;
    private SqliteCheckpointer? _checkpointer;

    // Opened on first use: when the store is made the file may not be there yet
    private sqlite3 Database => _database ??= Open();

    public void Write(IReadOnlyList<JournalEntry> entries, IReadOnlyCollection<ExecutionStatistic> statistics)
    {
        using var lease = gate.Enter();
        Prepare("BEGIN IMMEDIATE").Execute();
        try
        {
            for (var i = 0; i < entries.Count; i++) Write(entries[i]);
            foreach (var statistic in statistics) Add(statistic);
            Prepare("COMMIT").Execute();
            _checkpointer!.Committed(Database);
        }
        catch
        {
            // After some faults (full disk, I/O) SQLite has rolled back by itself
            if (raw.sqlite3_get_autocommit(Database) == 0) Prepare("ROLLBACK").Execute();
            throw;
        }
    }

    public int Recover(Guid owner, DateTimeOffset now)
    {
        using var lease = gate.Enter();
        Prepare("BEGIN IMMEDIATE").Execute();
        Prepare("""
            INSERT INTO execution_actions (execution_id, at, kind, node_id) SELECT id, ?1, 'Recovered', ?2 FROM executions
            WHERE owner_id IS NOT NULL AND owner_id <> ?2 AND finished_at IS NULL ON CONFLICT DO NOTHING
            """).Bind(now).Bind(owner).Execute();
        var recovered = Prepare("""
            UPDATE executions SET owner_id = NULL, recoveries = recoveries + 1,
                status = CASE WHEN status = 'Running' THEN CASE WHEN attempts > 0 THEN 'Retrying' ELSE 'Queued' END ELSE status END
            WHERE owner_id IS NOT NULL AND owner_id <> ? AND finished_at IS NULL
            """).Bind(owner).Execute();
        Prepare("COMMIT").Execute();
        return recovered;
    }

    public bool IsUnavailable(Exception exception)
        => exception is SqliteStoreException
        {
            Code: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_IOERR
            or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_NOMEM or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_PERM
        };

    public void Dispose()
    {
        _checkpointer?.Dispose();
        foreach (var statement in _statements.Values) statement.Dispose();
        _database?.Dispose();
    }

    private sqlite3 Open()
    {
        var database = SqliteConnections.OpenRaw(connectionString);
        SqliteCheckpointer.TakeOverFrom(database);
        _checkpointer = new(connectionString, gate, logger);
        return database;
    }

    private void Write(JournalEntry entry)
    {
        switch (entry)
        {
            case AcceptEntry accept: Write(accept); break;
            case AttemptEntry attempt: Write(attempt); break;
            case MoveEntry move: Write(move); break;
            case ClaimEntry claim: Write(claim); break;
            case ClaimByIdEntry byId: Write(byId); break;
            case ReleaseAllEntry release: Prepare(ReleaseAll).Bind(release.Owner).Execute(); break;
            case ProbeEntry probe: Prepare("INSERT OR REPLACE INTO settings (name, value, updated_at) VALUES ('probe', '{}', ?)").Bind(probe.Now).Execute(); break;
            case RejectionEntry rejection: Write(rejection); break;
            case CleanEntry clean: Write(clean); break;
            default: throw new ArgumentException($"Unknown journal entry {entry.GetType().Name}.", nameof(entry));
        }
    }

    private SqliteStatement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement)) return statement;
        return _statements[sql] = new SqliteStatement(Database, sql);
    }
}
