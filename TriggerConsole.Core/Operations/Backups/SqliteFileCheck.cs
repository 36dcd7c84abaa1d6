using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Operations.Backups;

/// <summary>Whether a SQLite file is whole, and one of ours.</summary>
internal static class SqliteFileCheck
{
    // https://sqlite.org/fileformat.html#magic_header_string
    private static ReadOnlySpan<byte> Header => "SQLite format 3\0"u8;

    /// <exception cref="OperationRefusedException">It is damaged.</exception>
    public static void Check(string file)
    {
        using var connection = SqliteArchive.Open(file, SqliteOpenMode.ReadWrite);
        var faults = Ask(connection, "PRAGMA integrity_check(5)");
        if (faults is not ["ok"]) throw new OperationRefusedException($"The copy is damaged, so it was thrown away: {string.Join("; ", faults)}. If this comes again, the database itself is damaged: restore an earlier backup.");
    }

    /// <exception cref="OperationRefusedException">It is no backup, damaged, or of a newer version.</exception>
    public static void CheckBackup(string file)
    {
        if (!HasHeader(file)) throw new OperationRefusedException($"{file} is no SQLite database, so it is no backup made with Database:Provider=Sqlite.");
        try
        {
            using var connection = SqliteArchive.Open(file, SqliteOpenMode.ReadOnly);
            var faults = Ask(connection, "PRAGMA integrity_check(5)");
            if (faults is not ["ok"]) throw Damaged(file, string.Join("; ", faults));
            if (Ask(connection, $"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{DatabaseTables.Migrations}'").Count == 0)
                throw new OperationRefusedException($"{file} is a SQLite database, but none of TriggerConsole.");
            DatabaseTables.RefuseNewer(file, Ask(connection, $"SELECT * FROM {DatabaseTables.Migrations}"), Known());
        }
        catch (SqliteException exception)
        {
            throw Damaged(file, exception.Message);
        }
    }

    /// <summary>First column of the answer.</summary>
    public static List<string> Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        // Always one of our own sentences
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var answers = new List<string>();
        while (reader.Read()) answers.Add(reader.GetString(0));
        return answers;
    }

    private static IEnumerable<string> Known()
    {
        using var context = new SqliteTriggerConsoleDbContext(new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite("Data Source=:memory:").Options);
        return context.Database.GetMigrations();
    }

    private static bool HasHeader(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> start = stackalloc byte[16];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(Header);
    }

    private static OperationRefusedException Damaged(string file, string why) => new($"{file} is damaged and was not restored; nothing was changed. SQLite says: {why}");
}
