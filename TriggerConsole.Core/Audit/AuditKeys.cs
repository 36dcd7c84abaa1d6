using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Audit;

/// <summary>
/// The keys that seal the audit log: the installation's own one, which lies encrypted in the database, and those that the configuration
/// gives (<c>Audit:Key</c>, <c>Audit:OldKeys</c>), which whoever has only the database does not have.
/// </summary>
internal sealed class AuditKeys
{
    private static readonly byte[] s_purpose = "TriggerConsole.Audit.v1"u8.ToArray();

    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private readonly IServiceProvider _services;

    /// <param name="services">The protector is asked for when it is needed: it reads its keys from the database, whose contexts need this.</param>
    public AuditKeys(IServiceProvider services, IOptions<AuditOptions> options)
    {
        _services = services;
        foreach (var old in options.Value.OldKeys) _given.Add(Remember(Derive(old)));
        if (options.Value.Key is not { Length: > 0 } given) return;
        GivenId = Remember(Derive(given));
        _given.Add(GivenId);
    }

    /// <summary>Id of the configured key; null when there is none.</summary>
    public string? GivenId { get; }

    private SecretProtector Protector => _services.GetRequiredService<SecretProtector>();

    /// <summary>A new key for the database.</summary>
    public (string Id, string Protected) Create()
    {
        var key = RandomNumberGenerator.GetBytes(AuditSeal.Size);
        var sealedKey = Protector.Protect(Convert.ToBase64String(key));
        return (Remember(key), sealedKey);
    }

    /// <summary>Takes note of the key in the database. Not inside a transaction: it may have to read Data Protection's keys, or make one.</summary>
    public void Learn(string id, string protectedKey)
    {
        if (!_keys.ContainsKey(id)) Remember(Convert.FromBase64String(Protector.Unprotect(protectedKey)));
    }

    /// <summary>Null for one that neither the database nor the configuration has.</summary>
    public byte[]? Find(string id) => _keys.GetValueOrDefault(id);

    /// <summary>Whether it comes from the configuration.</summary>
    public bool IsGiven(string id) => _given.Contains(id);

    /// <summary>What a stored value says, for telling whether it changed; null when its key is gone.</summary>
    public string? Reveal(string value)
    {
        try
        {
            return Protector.Unprotect(value);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[] Derive(string secret) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), s_purpose);

    private string Remember(byte[] key)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData([.. s_purpose, .. key]).AsSpan(0, 8));
        _keys[id] = key;
        return id;
    }
}
