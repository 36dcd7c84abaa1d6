using SQLitePCL;

namespace TriggerConsole.Core.Persistence.Sqlite;

/// <summary>
/// A prepared statement without ADO.NET's layers: the journal runs tens of thousands a second. Parameters and columns are
/// positional. Not safe for several threads; its owner holds the write gate.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly string _sql;
    private int _next;

    public SqliteStatement(sqlite3 database, string sql)
    {
        (_database, _sql) = (database, sql);
        // 1 = SQLITE_PREPARE_PERSISTENT: it lives as long as the connection
        SqliteStoreException.Check(_database, raw.sqlite3_prepare_v3(database, sql, 1, out _statement), sql);
    }

    public SqliteStatement Bind(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        raw.sqlite3_bind_blob(_statement, ++_next, bytes);
        return this;
    }

    public SqliteStatement Bind(Guid? value) => value is { } id ? Bind(id) : BindNull();

    public SqliteStatement Bind(long value)
    {
        raw.sqlite3_bind_int64(_statement, ++_next, value);
        return this;
    }

    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public SqliteStatement Bind(DateTimeOffset value) => Bind(value.ToUnixMicroseconds());

    public SqliteStatement Bind(DateTimeOffset? value) => value is { } time ? Bind(time) : BindNull();

    public SqliteStatement Bind(string? value)
    {
        if (value is null) return BindNull();
        raw.sqlite3_bind_text(_statement, ++_next, value);
        return this;
    }

    /// <summary>Text that is already UTF-8.</summary>
    public SqliteStatement BindText(ReadOnlySpan<byte> utf8)
    {
        raw.sqlite3_bind_text(_statement, ++_next, utf8);
        return this;
    }

    public SqliteStatement Bind(byte[]? value)
    {
        if (value is null) return BindNull();
        // An empty span would be bound as NULL
        if (value.Length == 0) raw.sqlite3_bind_zeroblob(_statement, ++_next, 0);
        else raw.sqlite3_bind_blob(_statement, ++_next, value);
        return this;
    }

    private SqliteStatement BindNull()
    {
        raw.sqlite3_bind_null(_statement, ++_next);
        return this;
    }

    /// <summary>Runs to the end and makes ready for the next values. Returns the number of rows changed.</summary>
    public int Execute()
    {
        var result = raw.sqlite3_step(_statement);
        Reset();
        if (result is not (raw.SQLITE_DONE or raw.SQLITE_ROW)) throw SqliteStoreException.Create(_database, result, _sql);
        return raw.sqlite3_changes(_database);
    }

    /// <summary>Moves to the next row; after the last one it is ready for the next values.</summary>
    public bool Read()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        Reset();
        if (result != raw.SQLITE_DONE) throw SqliteStoreException.Create(_database, result, _sql);
        return false;
    }

    /// <summary>Gives up rows not read and makes ready for the next values.</summary>
    public void Reset()
    {
        _ = raw.sqlite3_reset(_statement);
        _next = 0;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public Guid GetGuid(int column) => new(raw.sqlite3_column_blob(_statement, column), bigEndian: true);

    public Guid? GetGuidOrNull(int column) => IsNull(column) ? null : GetGuid(column);

    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    public int GetInt32(int column) => raw.sqlite3_column_int(_statement, column);

    public DateTimeOffset GetTime(int column) => Clock.FromUnixMicroseconds(GetInt64(column));

    public string GetText(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? GetTextOrNull(int column) => IsNull(column) ? null : GetText(column);

    public byte[] GetBlob(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public byte[]? GetBlobOrNull(int column) => IsNull(column) ? null : GetBlob(column);

    public void Dispose() => _statement.Dispose();
}
