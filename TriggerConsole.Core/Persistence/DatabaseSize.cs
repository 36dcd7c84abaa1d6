using Microsoft.EntityFrameworkCore;

namespace TriggerConsole.Core.Persistence;

/// <summary>How much room the database takes.</summary>
public sealed class DatabaseSize(DatabaseTarget target, IDbContextFactory<TriggerConsoleDbContext> contexts)
{
    private const string OfPostgreSql = "SELECT pg_database_size(current_database()) AS \"Value\"";
    private const string OfSqlServer = "SELECT CAST(SUM(CAST(size AS bigint)) * 8192 AS bigint) AS Value FROM sys.database_files";

    /// <summary>Bytes, the write-ahead log of SQLite included; null when the database does not tell.</summary>
    public async Task<long?> ReadAsync(CancellationToken cancellationToken)
    {
        if (target.SqliteFile is { } file) return LengthOf(file) + LengthOf(file + "-wal");
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Database.SqlQueryRaw<long?>(target.Provider == DatabaseProvider.PostgreSql ? OfPostgreSql : OfSqlServer).SingleAsync(cancellationToken);
    }

    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;
}
