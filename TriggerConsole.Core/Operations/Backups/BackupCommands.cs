using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets.Keys;

namespace TriggerConsole.Core.Operations.Backups;

/// <param name="File">Full path.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Advice">What everybody who handles it has to know.</param>
public sealed record BackupReport(string File, long Bytes, TimeSpan Duration, string Advice);

/// <param name="Kept">Where what was there before is kept, in words; null when there was nothing.</param>
/// <param name="Advice">What is to be done before the server starts; null when nothing is.</param>
public sealed record RestoreReport(string File, string? Kept, TimeSpan Duration, string? Advice);

/// <summary>How a backup is to be made or read.</summary>
/// <param name="Overwrite">Replaces what is there: the file of a backup, the data of the database.</param>
/// <param name="Passphrase">Encrypts the whole file; null for none.</param>
/// <param name="Unencrypted">Without a passphrase even when the keys of stored secrets can be read from the file.</param>
internal sealed record BackupOptions(bool Overwrite = false, string? Passphrase = null, bool Unencrypted = false);

/// <summary>Backup to one file, and back. Both leave either the whole or nothing.</summary>
internal sealed class BackupCommands(DatabaseTarget target, ArchiveChoice archive, IDbContextFactory<TriggerConsoleDbContext> contexts, WrappedKeys wrapped, MasterKeys masters, TimeProvider time)
{
    private const string Encrypted = "It is encrypted with the passphrase, and holds all that is needed to restore it anywhere: without the passphrase nobody can read it, you included.";
    private const string Readable = "A backup holds every stored secret, encrypted, together with the keys that decrypt them: whoever has the file can read them. Keep it where only you can.";
    private const string WithoutKeys = "It is not encrypted: whoever has the file can read events and settings. Stored secrets can be read only with the master key, which is not in it: keep that as well, elsewhere.";

    /// <summary>Writes a backup. Servers may work on the database meanwhile.</summary>
    /// <exception cref="OperationRefusedException"/>
    public async Task<BackupReport> BackupAsync(string file, BackupOptions options, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        file = Path.GetFullPath(file);
        if (Directory.Exists(file)) throw new OperationRefusedException($"{file} is a folder. Name the file that the backup is to be written to.");
        if (Path.GetDirectoryName(file) is { } folder && !Directory.Exists(folder)) throw new OperationRefusedException($"There is no folder {folder}. Make it first, or choose another place.");
        if (File.Exists(file) && !options.Overwrite) throw new OperationRefusedException($"{file} exists already and was left as it is. Choose another name, or add --force to replace it.");
        if (IsOurOwn(file)) throw new OperationRefusedException($"{file} belongs to the database itself. Choose another name.");
        if (options.Passphrase is { Length: < EncryptedBackup.ShortestPassphrase }) throw new OperationRefusedException($"A passphrase has at least {EncryptedBackup.ShortestPassphrase} characters; several words are easy to keep.");
        var writer = Archive;
        var isReadable = options.Passphrase is null && await HoldsClearKeysAsync(cancellationToken);
        if (isReadable && !options.Unencrypted)
            throw new OperationRefusedException($"No master key protects the keys of stored secrets in this database, so whoever has the backup could read them. Give a passphrase (--passphrase-file FILE, or {BackupPassphrase.Variable}), or add --unencrypted to have it all the same.");
        var partial = PrivateFile.Beside(file, "partial");
        var plain = options.Passphrase is null ? partial : PlainBeside(file);
        try
        {
            PrivateFile.Create(plain);
            await writer.WriteAsync(plain, cancellationToken);
            if (options.Passphrase is { } passphrase) await EncryptAsync(plain, partial, passphrase, cancellationToken);
            PrivateFile.Sync(partial);
            var bytes = new FileInfo(partial).Length;
            File.Move(partial, file, options.Overwrite);
            return new(file, bytes, time.GetElapsedTime(started), options.Passphrase is not null ? Encrypted : isReadable ? Readable : WithoutKeys);
        }
        catch (IOException exception)
        {
            throw new OperationRefusedException($"The backup could not be written: {exception.Message} Nothing was left behind.", exception);
        }
        finally
        {
            Delete(partial);
            Delete(plain);
        }
    }

    /// <summary>Puts a backup in the place of the database, which no server may use meanwhile.</summary>
    /// <exception cref="OperationRefusedException"/>
    public async Task<RestoreReport> RestoreAsync(string file, BackupOptions options, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        file = Path.GetFullPath(file);
        if (!File.Exists(file)) throw new OperationRefusedException($"There is no file {file}.");
        if (IsOurOwn(file)) throw new OperationRefusedException($"{file} is the database itself, no backup of it.");
        string? plain = null;
        try
        {
            if (!EncryptedBackup.Is(file))
            {
                var keptOfPlain = await Archive.RestoreAsync(file, options.Overwrite, cancellationToken);
                return new(file, keptOfPlain, time.GetElapsedTime(started), WhyKeysAreMissing());
            }
            if (options.Passphrase is not { } passphrase) throw new OperationRefusedException($"{file} is encrypted. Give its passphrase: --passphrase-file FILE, or {BackupPassphrase.Variable}.");
            var reader = Archive;
            plain = PlainBeside(file);
            // The whole of it is read before anything is touched
            var contents = await DecryptAsync(file, plain, passphrase, cancellationToken);
            if (contents.Provider != target.Provider.ToString()) throw new OperationRefusedException($"{file} was made with Database:Provider={contents.Provider}, and this is {target.Provider}. Nothing was changed.");
            var kept = await reader.RestoreAsync(plain, options.Overwrite, cancellationToken);
            return new(file, kept, time.GetElapsedTime(started), await TakeKeysAsync(contents, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperationRefusedException($"The backup was not restored: {exception.Message}", exception);
        }
        finally
        {
            if (plain is not null) Delete(plain);
        }
    }

    private async Task EncryptAsync(string plain, string to, string passphrase, CancellationToken cancellationToken)
    {
        // What the copy holds, whatever the database has become since
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var isOlder = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any(); // it had no master keys
        var keys = (isOlder ? [] : wrapped.IdsOfMasterKeys()).ToDictionary(id => id, id => masters.Find(id).Export());
        await using var input = File.OpenRead(plain);
        await using var output = PrivateFile.Open(to);
        await EncryptedBackup.WriteAsync(input, output, passphrase, new(target.Provider.ToString(), time.Now(), keys), EncryptedBackup.Iterations, cancellationToken);
    }

    private static async Task<BackupContents> DecryptAsync(string file, string plain, string passphrase, CancellationToken cancellationToken)
    {
        await using var input = File.OpenRead(file);
        await using var output = PrivateFile.Open(plain);
        return await EncryptedBackup.ReadAsync(input, output, passphrase, file, cancellationToken);
    }

    /// <summary>Has the keys that came with the backup protected by the master key of this installation; one that has none takes over the backup's.</summary>
    private async Task<string?> TakeKeysAsync(BackupContents contents, CancellationToken cancellationToken)
    {
        var keys = contents.MasterKeys.ToDictionary(k => k.Key, k => MasterKey.Parse(k.Value)!);
        masters.Forget();
        if (keys.Values.LastOrDefault() is { } key) masters.Adopt(key);
        var current = masters.Current;
        await wrapped.RewrapAsync(text => MasterKey.IdOf(text) is { } id && keys.TryGetValue(id, out var own) ? own.Unwrap(text) : masters.Unwrap(text), current, cancellationToken);
        return current is null && keys.Count > 0 ? "No master key is configured here, so the keys of stored secrets stand readable in the database. Set Secrets:MasterKey before you start the server." : null;
    }

    /// <summary>Of a backup without encryption: a sentence when the master key it needs is not here.</summary>
    private string? WhyKeysAreMissing()
    {
        masters.Forget();
        try
        {
            return wrapped.IdsOfMasterKeys().FirstOrDefault(id => !masters.Knows(id)) is { } missing ? $"The server will not start before it has the master key {missing} as Secrets:MasterKey: with it the keys in this backup are protected." : null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }

    private async Task<bool> HoldsClearKeysAsync(CancellationToken cancellationToken)
    {
        if (target.SqliteFile is { } database && !File.Exists(database)) return false; // the archive says so
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await context.Database.CanConnectAsync(cancellationToken)) return false;
        // Of an older version: it had no master keys
        if ((await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) return true;
        return await wrapped.AnyInTheClearAsync(cancellationToken);
    }

    // What is in the clear for a moment stays beside the database, when that is a file: on no other disk than its own
    private string PlainBeside(string file) => PrivateFile.Beside(target.SqliteFile is { } database && Directory.Exists(Path.GetDirectoryName(database)) ? database : file, "plain");

    private static void Delete(string file)
    {
        foreach (var rest in (string[])[file, file + "-journal", file + "-wal", file + "-shm"]) File.Delete(rest);
    }

    private bool IsOurOwn(string file)
        => target.SqliteFile is { } own && (file == own || file.StartsWith(own + "-", StringComparison.Ordinal) || file == own + ".lock") || (masters.File is { } key && file == key);

    private IDatabaseArchive Archive => archive.Archive
        ?? throw new OperationRefusedException("SQL Server makes its backups itself: BACKUP DATABASE … TO DISK = '…', and RESTORE DATABASE to bring one back.");
}
