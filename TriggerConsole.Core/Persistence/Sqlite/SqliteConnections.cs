using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace TriggerConsole.Core.Persistence.Sqlite;

/// <summary>How every connection to the SQLite file is set up.</summary>
internal static class SqliteConnections
{
    /// <summary>
    /// WAL with <c>synchronous=FULL</c>: what is answered has reached the disk. In simulated power cuts NORMAL lost everything
    /// since the last checkpoint; with group commit FULL costs little. Someone else's process (a backup, a shell) may hold the
    /// lock for a moment: five seconds are waited for it.
    /// </summary>
    public const string Pragmas = """
        PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192;
        """;

    /// <summary>The file of a connection string like <c>Data Source=data/triggerconsole.db</c>.</summary>
    public static string FileOf(string connectionString)
    {
        var builder = new DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (var key in (ReadOnlySpan<string>)["Data Source", "DataSource", "Filename"])
            if (builder.TryGetValue(key, out var value) && value is string { Length: > 0 } file) return file;
        throw new ArgumentException("ConnectionStrings:TriggerConsole names no file. Write it as \"Data Source=data/triggerconsole.db\".");
    }

    /// <summary>A connection without ADO.NET, for the one writer.</summary>
    public static sqlite3 OpenRaw(string connectionString)
    {
        Batteries_V2.Init();
        var result = raw.sqlite3_open_v2(FileOf(connectionString), out var database, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
        SqliteStoreException.Check(database, result, "open");
        SqliteStoreException.Check(database, raw.sqlite3_exec(database, Pragmas), Pragmas);
        return database;
    }
}

/// <summary>Sets up the connections that EF Core opens.</summary>
internal sealed class SqliteConnectionSetup : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = SqliteConnections.Pragmas;
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData);
        return Task.CompletedTask;
    }
}
