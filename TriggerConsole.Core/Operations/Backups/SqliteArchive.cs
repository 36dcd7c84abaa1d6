using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Core.Operations.Backups;

/// <summary>
/// Copies the SQLite file by SQLite's own backup (https://sqlite.org/backup.html), all pages in one step: one read transaction, beside
/// which the writer goes on. In several steps it would begin anew at each commit of another process, and under load never end.
/// </summary>
internal sealed class SqliteArchive(DatabaseTarget target, SqliteFileLock fileLock, TimeProvider time) : IDatabaseArchive
{
    /// <summary>Room left on the disk beyond the copy itself.</summary>
    private const long Spare = 16L << 20;

    private string Database => target.SqliteFile!;

    public Task WriteAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(Database)) throw new OperationRefusedException($"There is no database {Database} yet. Check Database:Directory and ConnectionStrings:TriggerConsole.");
        RefuseWithoutRoom(file, LengthOf(Database) + LengthOf(Database + "-wal"));
        try
        {
            // Read only, it would leave an empty log behind when no server runs
            Copy(Database, file, SqliteOpenMode.ReadWrite);
            SqliteFileCheck.Check(file);
        }
        catch (SqliteException exception)
        {
            throw new OperationRefusedException($"The database could not be copied: {exception.Message} Nothing was left behind.", exception);
        }
        return Task.CompletedTask;
    }

    public async Task<string?> RestoreAsync(string file, bool replace, CancellationToken cancellationToken)
    {
        // 1. Nobody else works on it, from here to the end
        try { fileLock.Take(target); }
        catch (InvalidOperationException exception) { throw new OperationRefusedException(exception.Message, exception); }
        // 2. Everything that can be wrong is found before anything is touched
        SqliteFileCheck.CheckBackup(file);
        if (HoldsData() && !replace) throw new OperationRefusedException($"{Database} holds data, and was left as it is. Add --force to put the backup in its place; what is there now is kept beside it.");
        RefuseWithoutRoom(Database, LengthOf(file) + LengthOf(Database) + LengthOf(Database + "-wal"));
        // 3. The backup is made ready beside the database
        var ready = PrivateFile.Beside(Database, "restoring");
        try
        {
            PrivateFile.Create(ready);
            Copy(file, ready, SqliteOpenMode.ReadOnly);
            await MigrateAsync(ready, cancellationToken);
            SqliteFileCheck.Check(ready);
            if (File.Exists(Database) && !OperatingSystem.IsWindows()) File.SetUnixFileMode(ready, File.GetUnixFileMode(Database));
            PrivateFile.Sync(ready);
            // 4. What is there now is kept, and loses its log: SQLite would take that for the log of the file that takes its place
            var kept = Keep();
            // 5. One rename, before which there is the old database and after which there is the new one
            File.Move(ready, Database, overwrite: true);
            return kept;
        }
        catch (SqliteException exception)
        {
            throw new OperationRefusedException($"The backup was not restored, and the database is as it was: {exception.Message}", exception);
        }
        finally
        {
            foreach (var rest in (string[])[ready, ready + "-journal", ready + "-wal", ready + "-shm"]) File.Delete(rest);
        }
    }

    private static void Copy(string from, string to, SqliteOpenMode mode)
    {
        using var source = Open(from, mode);
        using var copy = Open(to, SqliteOpenMode.ReadWrite);
        source.BackupDatabase(copy);
        // One file, without a log beside it
        SqliteFileCheck.Ask(copy, "PRAGMA journal_mode=DELETE");
    }

    private static async Task MigrateAsync(string file, CancellationToken cancellationToken)
    {
        var options = new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite($"Data Source={file};Pooling=False").Options;
        await using var context = new SqliteTriggerConsoleDbContext(options);
        await context.Database.MigrateAsync(cancellationToken);
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=DELETE", cancellationToken);
    }

    private bool HoldsData()
    {
        if (LengthOf(Database) == 0) return false;
        try
        {
            using var connection = Open(Database, SqliteOpenMode.ReadWrite);
            var tables = SqliteFileCheck.Ask(connection, "SELECT name FROM sqlite_master WHERE type = 'table'");
            return DatabaseTables.OfPeople.Intersect(tables).Any(table => SqliteFileCheck.Ask(connection, $"SELECT 1 FROM {table} LIMIT 1").Count > 0);
        }
        catch (SqliteException)
        {
            return true; // broken, perhaps; that is for people to decide
        }
    }

    /// <summary>Copies what is there under another name; a crash from here on leaves the database as it was.</summary>
    private string? Keep()
    {
        if (LengthOf(Database) == 0) return null;
        var kept = $"{Database}.replaced-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}";
        try
        {
            using var connection = Open(Database, SqliteOpenMode.ReadWrite);
            SqliteFileCheck.Ask(connection, "PRAGMA journal_mode=DELETE");
        }
        catch (SqliteException)
        {
            // It is broken: it is kept with its log, as it is
            foreach (var part in (string[])["-wal", "-shm"])
            {
                if (!File.Exists(Database + part)) continue;
                File.Copy(Database + part, kept + part);
                PrivateFile.Sync(kept + part);
            }
        }
        File.Copy(Database, kept);
        PrivateFile.Sync(kept);
        foreach (var part in (string[])["-wal", "-shm"]) File.Delete(Database + part);
        return kept;
    }

    private static void RefuseWithoutRoom(string file, long bytes)
    {
        var free = new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(file))!).AvailableFreeSpace;
        if (free < bytes + Spare) throw new OperationRefusedException($"There is too little room on the disk of {file}: {bytes >> 20:N0} MB are needed, {free >> 20:N0} MB are free.");
    }

    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    internal static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ConnectionString);
        try
        {
            connection.Open();
            // A server that starts or stops just then holds the file for a moment
            SqliteFileCheck.Ask(connection, "PRAGMA busy_timeout=10000");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
