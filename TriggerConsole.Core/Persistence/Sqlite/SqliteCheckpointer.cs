using Microsoft.Extensions.Logging;
using SQLitePCL;
using TriggerConsole.Core.Diagnostics;

namespace TriggerConsole.Core.Persistence.Sqlite;

/// <summary>
/// Carries what is in the write-ahead log over to the database file, on a thread and a connection of its own. SQLite would do
/// it inside the commit that fills the log, and whoever waits for that commit would wait for two more syncs and a thousand pages.
/// </summary>
/// <remarks>
/// A passive checkpoint runs beside the writer and never blocks it, but it never catches up with a busy one either, and the
/// log begins anew only when all of it has been carried over. So when the log has grown long the last few pages are carried
/// over while the writer waits at the gate. See https://sqlite.org/wal.html#avoiding_excessively_large_wal_files.
/// </remarks>
internal sealed partial class SqliteCheckpointer : IDisposable
{
    /// <summary>Pages between two checkpoints; SQLite's own default.</summary>
    private const int Interval = 1_000;

    /// <summary>Pages in the log from which on it is to begin anew: 16 MiB.</summary>
    private const int LongLog = 4_000;

    private readonly sqlite3 _database;
    private readonly SqliteWriteGate _gate;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _due = new(false);
    private readonly Thread _thread;
    private volatile bool _stopping;
    private int _written;
    private int _lastFault;

    public SqliteCheckpointer(string connectionString, SqliteWriteGate gate, ILogger logger)
    {
        (_database, _gate, _logger) = (SqliteConnections.OpenRaw(connectionString), gate, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite checkpoints" };
        _thread.Start();
    }

    /// <summary>Makes <paramref name="writer"/> leave checkpoints to this one.</summary>
    public static void TakeOverFrom(sqlite3 writer) => SqliteStoreException.Check(writer, raw.sqlite3_wal_autocheckpoint(writer, 0), "wal_autocheckpoint");

    /// <summary>To be called by the writer after each commit.</summary>
    public void Committed(sqlite3 writer)
    {
        // 9 = SQLITE_DBSTATUS_CACHE_WRITE: pages written since the last call
        if (raw.sqlite3_db_status(writer, 9, out var pages, out _, 1) != raw.SQLITE_OK) pages = 1;
        _written += pages;
        if (_written < Interval) return;
        _written = 0;
        _due.Set();
    }

    /// <summary>Ends the thread. What is left in the log stays there; SQLite carries it over when the last connection closes.</summary>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        _due.Set();
        _thread.Join();
        _database.Dispose();
        _due.Dispose();
    }

    private void Run()
    {
        while (_due.WaitOne() && !_stopping)
        {
            if (Checkpoint() < LongLog) continue;
            using var turn = _gate.Enter();
            Checkpoint();
        }
    }

    /// <summary>Returns the pages in the log, those carried over included.</summary>
    private int Checkpoint()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(_database, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out _);
        // Busy: EF Core's connection is at it. A full disk is told by the commits themselves; the next checkpoint tries again.
        if (result is raw.SQLITE_OK or raw.SQLITE_BUSY) result = raw.SQLITE_OK;
        else if (result != _lastFault) LogFault(raw.sqlite3_errmsg(_database).utf8_to_string());
        _lastFault = result;
        return pages;
    }

    [LoggerMessage(EventIds.CheckpointFault, LogLevel.Warning, "The write-ahead log could not be carried over to the database file: {Fault}. It will be tried again.")]
    private partial void LogFault(string fault);
}
