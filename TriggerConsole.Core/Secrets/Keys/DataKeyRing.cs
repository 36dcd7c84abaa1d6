using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>
/// The data keys in memory. A value is <c>tc2.KEY.…</c>: the name of its key, then nonce, ciphertext and tag of AES-256-GCM, with the name
/// authenticated. A name that is not known is looked up in the database: another node may have made the key a moment ago.
/// </summary>
internal sealed class DataKeyRing(IDbContextFactory<TriggerConsoleDbContext> contexts, MasterKeys masters, TimeProvider time)
{
    public const string Prefix = "tc2.";

    /// <summary>How long a node may go on encrypting with a key before it looks whether there is a newer one.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private volatile Keys? _keys;

    /// <summary>The name of the key that encrypts now.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public string Current => Fresh().Newest;

    public static bool IsEncrypted(string value) => value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What every value that a key encrypts begins with.</summary>
    public static string PrefixOf(string key) => $"{Prefix}{key}.";

    public string Encrypt(string plain)
    {
        var keys = Fresh();
        return PrefixOf(keys.Newest) + Base64Url.EncodeToString(MasterKey.Seal(keys.ById[keys.Newest], Encoding.UTF8.GetBytes(plain), Context(keys.Newest)));
    }

    /// <exception cref="CryptographicException">Its key is gone, or it was changed.</exception>
    public string Decrypt(string value)
    {
        var end = value.IndexOf('.', Prefix.Length);
        if (end < 0) throw new CryptographicException("This names no key.");
        var id = value[Prefix.Length..end];
        if (_keys is not { } keys || !keys.ById.TryGetValue(id, out var key))
        {
            if (!Load().ById.TryGetValue(id, out key)) throw new CryptographicException($"The data key {id} is not in the table data_keys.");
        }
        try
        {
            return Encoding.UTF8.GetString(MasterKey.Open(key, Base64Url.DecodeFromChars(value.AsSpan(end + 1)), Context(id)));
        }
        catch (FormatException exception)
        {
            throw new CryptographicException("This is no base64url.", exception);
        }
    }

    /// <summary>A key of 256 random bits under a name that no other has.</summary>
    public static (string Id, byte[] Key) New() => (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(StoredDataKey.MaxIdLength / 2)), RandomNumberGenerator.GetBytes(MasterKey.Bytes));

    public Task LoadAsync(CancellationToken cancellationToken)
    {
        Load();
        return Task.CompletedTask;
    }

    // In memory alone they would be of the past: a rotation on another node must not be undone by what is saved here
    private Keys Fresh() => _keys is { } keys && time.GetElapsedTime(keys.LoadedAt) < Freshness ? keys : Load();

    private Keys Load()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            using var context = contexts.CreateDbContext();
            var stored = context.DataKeys.AsNoTracking().Where(k => k.ProtectedKey != null).ToList();
            if (stored.Count == 0) throw new InvalidOperationException("There is no data key yet, so nothing can be encrypted. Start the server once; it makes one.");
            var known = _keys;
            var byId = stored.ToDictionary(k => k.Id, k => known?.ById.GetValueOrDefault(k.Id) ?? StoredDataKey.Open(k.ProtectedKey!, masters.Unwrap));
            return _keys = new(stored.OrderBy(k => k.CreatedAt).ThenBy(k => k.Id, StringComparer.Ordinal).Last().Id, byId, now);
        }
    }

    private static byte[] Context(string id) => Encoding.ASCII.GetBytes("TriggerConsole.Secrets.v2 " + id);

    private sealed record Keys(string Newest, Dictionary<string, byte[]> ById, long LoadedAt);
}
