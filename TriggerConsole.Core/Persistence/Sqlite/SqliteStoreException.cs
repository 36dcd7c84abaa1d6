using SQLitePCL;

namespace TriggerConsole.Core.Persistence.Sqlite;

/// <summary>A fault that SQLite reported.</summary>
internal sealed class SqliteStoreException(string message, int code) : Exception(message)
{
    /// <summary>SQLite's primary result code: 13 full disk, 10 I/O error, 5 busy, …</summary>
    public int Code { get; } = code;

    public static void Check(sqlite3 database, int result, string sql)
    {
        if (result != raw.SQLITE_OK) throw Create(database, result, sql);
    }

    public static SqliteStoreException Create(sqlite3 database, int result, string sql)
        => new($"SQLite error {result}/{raw.sqlite3_extended_errcode(database)}: {raw.sqlite3_errmsg(database).utf8_to_string()} ({sql})", result & 0xFF);
}
