using TriggerConsole.Core.Operations.Backups;

namespace TriggerConsole.Core.Persistence.Sqlite;

/// <summary>
/// Keeps two processes from working on one SQLite file: each would take the other's executions for those of a crashed process
/// and run them again. The operating system gives the lock up when the process ends, however it ends.
/// </summary>
public sealed class SqliteFileLock : IDisposable
{
    private FileStream? _file;

    /// <exception cref="InvalidOperationException">Another process holds it.</exception>
    public void Take(DatabaseTarget target)
    {
        if (target.SqliteFile is not { } database || _file is not null) return;
        PrivateFile.CreateFolder(Path.GetDirectoryName(database)!);
        PrivateFile.Ensure(database + ".lock");
        try
        {
            _file = new(database + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new InvalidOperationException($"Another TriggerConsole works on {database}. Stop it first, or give this one its own file (ConnectionStrings:TriggerConsole).", exception);
        }
    }

    public void Dispose() => _file?.Dispose();
}
