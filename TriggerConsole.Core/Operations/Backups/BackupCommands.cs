using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Operations.Backups;

/// <param name="File">Full path.</param>
/// <param name="Bytes">Size of the file.</param>
public sealed record BackupReport(string File, long Bytes, TimeSpan Duration);

/// <param name="Kept">Where what was there before is kept, in words; null when there was nothing.</param>
public sealed record RestoreReport(string File, string? Kept, TimeSpan Duration);

/// <summary>Backup to one file, and back. Both leave either the whole or nothing.</summary>
/// <param name="archive">Null for a database that makes its backups itself.</param>
internal sealed class BackupCommands(DatabaseTarget target, IDatabaseArchive? archive, TimeProvider time)
{
    /// <summary>What everybody who handles a backup has to know.</summary>
    public const string Warning = "A backup holds every stored secret, encrypted, together with the keys that decrypt them: whoever has the file can read them. Keep it where only you can.";

    /// <summary>Writes a backup. Servers may work on the database meanwhile.</summary>
    /// <param name="overwrite">Replaces a file of that name, once the new one is whole.</param>
    /// <exception cref="OperationRefusedException"/>
    public async Task<BackupReport> BackupAsync(string file, bool overwrite, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        file = Path.GetFullPath(file);
        if (Directory.Exists(file)) throw new OperationRefusedException($"{file} is a folder. Name the file that the backup is to be written to.");
        if (Path.GetDirectoryName(file) is { } folder && !Directory.Exists(folder)) throw new OperationRefusedException($"There is no folder {folder}. Make it first, or choose another place.");
        if (File.Exists(file) && !overwrite) throw new OperationRefusedException($"{file} exists already and was left as it is. Choose another name, or add --force to replace it.");
        if (IsOurOwn(file)) throw new OperationRefusedException($"{file} belongs to the database itself. Choose another name.");
        var writer = Archive;
        var partial = PrivateFile.Beside(file, "partial");
        try
        {
            PrivateFile.Create(partial);
            await writer.WriteAsync(partial, cancellationToken);
            PrivateFile.Sync(partial);
            var bytes = new FileInfo(partial).Length;
            File.Move(partial, file, overwrite);
            return new(file, bytes, time.GetElapsedTime(started));
        }
        catch (IOException exception)
        {
            throw new OperationRefusedException($"The backup could not be written: {exception.Message} Nothing was left behind.", exception);
        }
        finally
        {
            foreach (var rest in (string[])[partial, partial + "-journal", partial + "-wal", partial + "-shm"]) File.Delete(rest);
        }
    }

    /// <summary>Puts a backup in the place of the database, which no server may use meanwhile.</summary>
    /// <param name="replace">Also when the database holds data; that is kept beside it.</param>
    /// <exception cref="OperationRefusedException"/>
    public async Task<RestoreReport> RestoreAsync(string file, bool replace, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        file = Path.GetFullPath(file);
        if (!File.Exists(file)) throw new OperationRefusedException($"There is no file {file}.");
        if (IsOurOwn(file)) throw new OperationRefusedException($"{file} is the database itself, no backup of it.");
        try
        {
            var kept = await Archive.RestoreAsync(file, replace, cancellationToken);
            return new(file, kept, time.GetElapsedTime(started));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperationRefusedException($"The backup was not restored: {exception.Message}", exception);
        }
    }


    private bool IsOurOwn(string file) => target.SqliteFile is { } own && (file == own || file.StartsWith(own + "-", StringComparison.Ordinal) || file == own + ".lock");

    private IDatabaseArchive Archive => archive
        ?? throw new OperationRefusedException("SQL Server makes its backups itself: BACKUP DATABASE … TO DISK = '…', and RESTORE DATABASE to bring one back.");
}
