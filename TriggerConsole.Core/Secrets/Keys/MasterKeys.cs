using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Operations.Backups;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>
/// The master key in use: the one that is configured, else the one in the key file, which is made when nothing needs an older one. Null where
/// neither can be: with a shared database and no configured key.
/// </summary>
internal sealed class MasterKeys(IOptions<SecretsOptions> options, DatabaseTarget target, IHostEnvironment environment, WrappedKeys wrapped)
{
    public const string FileName = "master.key";

    private readonly Lock _gate = new();
    private Found? _found;

    /// <summary>What new keys are wrapped with; null when they are stored as they are.</summary>
    /// <exception cref="InvalidOperationException">It cannot be read, or what is stored needs another one; says which.</exception>
    public MasterKey? Current => Get().Current;

    /// <summary>Where it comes from, for people: <c>Secrets:MasterKey</c>, or the path of the file.</summary>
    public string Source => Get().Source;

    /// <summary>The key file that is used, or would be; null where none is kept.</summary>
    public string? File => options.Value.KeyDirectory is { Length: > 0 } directory ? Path.Combine(Path.GetFullPath(directory, environment.ContentRootPath), FileName)
        : target.SqliteFile is { } database ? Path.Combine(Path.GetDirectoryName(database)!, FileName) : null;

    /// <summary>A master key is configured, so the key file does not count.</summary>
    public bool IsGiven => !string.IsNullOrWhiteSpace(options.Value.MasterKey) || !string.IsNullOrWhiteSpace(options.Value.MasterKeyFile);

    /// <summary>The key that wrapped this; a sentence for people when it is not at hand.</summary>
    /// <exception cref="InvalidOperationException"/>
    public byte[] Unwrap(string text)
    {
        var id = MasterKey.IdOf(text)!;
        return Find(id).Unwrap(text);
    }

    /// <summary>The key of this name.</summary>
    /// <exception cref="InvalidOperationException">It is not at hand; says what to do.</exception>
    public MasterKey Find(string id)
    {
        var found = Get();
        return found.Current?.Id == id ? found.Current : found.Previous?.Id == id ? found.Previous : throw Missing(id, found);
    }

    /// <summary>Writes a key that came with a backup into the key file, when that is where the key belongs and there is none.</summary>
    public void Adopt(MasterKey key)
    {
        if (!IsGiven && File is { } file && !System.IO.File.Exists(file)) Make(file, key);
        Forget();
    }

    public bool Knows(string id) => Get() is var found && (found.Current?.Id == id || found.Previous?.Id == id);

    /// <summary>Forgets what it found: another database was put in the place of this one.</summary>
    public void Forget()
    {
        lock (_gate) _found = null;
    }

    private Found Get()
    {
        lock (_gate) return _found ??= Find();
    }

    private Found Find()
    {
        var previous = Read(nameof(SecretsOptions.PreviousMasterKey), options.Value.PreviousMasterKey, options.Value.PreviousMasterKeyFile);
        if (Read(nameof(SecretsOptions.MasterKey), options.Value.MasterKey, options.Value.MasterKeyFile) is { } given)
            return new(given, previous, string.IsNullOrWhiteSpace(options.Value.MasterKey) ? options.Value.MasterKeyFile! : $"{SecretsOptions.SectionName}:{nameof(SecretsOptions.MasterKey)}");
        if (File is not { } file) return new(null, previous, "");
        if (System.IO.File.Exists(file)) return new(ReadFile(file), previous, file);
        // A new key would open nothing of what is there
        if (wrapped.IdsOfMasterKeys().FirstOrDefault(id => id != previous?.Id) is { } needed)
            throw new InvalidOperationException($"The key file {file} is missing, and the keys in the database are protected by the master key {needed} that was in it. Put the file back, or give that key as Secrets:MasterKey.");
        return new(Make(file, MasterKey.Create()), previous, file);
    }

    private static InvalidOperationException Missing(string id, Found found) => new(found.Current is null
        ? $"Secrets:MasterKey is missing: the keys in the database are protected by the master key {id}. Give that key as Secrets:MasterKey or Secrets:MasterKeyFile."
        : $"Secrets:MasterKey is not the one this database was protected with: it needs the master key {id}, and {found.Source} has {found.Current.Id}. Give the right one, or add it as Secrets:PreviousMasterKey.");

    private MasterKey? Read(string name, string? key, string? file)
    {
        if (!string.IsNullOrWhiteSpace(key)) return MasterKey.Parse(key) ?? throw new InvalidOperationException($"Secrets:{name} is no master key: it is 32 random bytes in base64.");
        return string.IsNullOrWhiteSpace(file) ? null : ReadFile(Path.GetFullPath(file, environment.ContentRootPath), $"Secrets:{name}File: ");
    }

    private static MasterKey ReadFile(string file, string what = "")
    {
        try
        {
            return new FileInfo(file).Length <= 1024 && MasterKey.Parse(System.IO.File.ReadAllText(file)) is { } key ? key
                : throw new InvalidOperationException($"{what}{file} holds no master key: 32 random bytes in base64. Restore the file, or give the key as Secrets:MasterKey.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{what}the master key in {file} cannot be read: {exception.Message}", exception);
        }
    }

    private static MasterKey Make(string file, MasterKey key)
    {
        var partial = PrivateFile.Beside(file, "partial");
        try
        {
            PrivateFile.CreateFolder(Path.GetDirectoryName(file)!);
            using (var stream = PrivateFile.Open(partial))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(key.Export() + "\n"));
                stream.Flush(flushToDisk: true);
            }
            // Whole or not there; another process may have been quicker, and then its key counts
            try { System.IO.File.Move(partial, file, overwrite: false); }
            catch (IOException) when (System.IO.File.Exists(file)) { return ReadFile(file); }
            return key;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The key file {file} cannot be written: {exception.Message} Give its folder to the user that runs TriggerConsole, set Secrets:KeyDirectory, or give Secrets:MasterKey.", exception);
        }
        finally
        {
            System.IO.File.Delete(partial);
        }
    }

    private sealed record Found(MasterKey? Current, MasterKey? Previous, string Source);
}
