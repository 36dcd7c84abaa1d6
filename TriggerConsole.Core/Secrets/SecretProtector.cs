using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using TriggerConsole.Core.Secrets.Keys;

namespace TriggerConsole.Core.Secrets;

/// <summary>
/// Encrypts what must not be readable in the database: AES-256-GCM by a data key, which can be changed while everything runs
/// (<see cref="DataKeyRotation"/>). Whatever it has made is found by its first letters wherever it is stored.
/// </summary>
/// <remarks>Versions before 0.1 used Data Protection directly; what they wrote is still read.</remarks>
public sealed class SecretProtector
{
    private readonly IDataProtector _before;
    private readonly DataKeyRing? _ring;

    /// <summary>With keys of Data Protection alone, for tests without a database.</summary>
    public SecretProtector(IDataProtectionProvider provider) => _before = provider.CreateProtector("TriggerConsole.Secrets.v1");

    internal SecretProtector(IDataProtectionProvider provider, DataKeyRing ring)
        : this(provider) => _ring = ring;

    public string Protect(string value) => _ring is null ? _before.Protect(value) : _ring.Encrypt(value);

    /// <summary>Settings as they are stored: their JSON without the secret fields, and those as one encrypted JSON object of path and value; null when there are none.</summary>
    public (string Settings, string? Secrets) Seal(object settings)
    {
        var secrets = SecretFields.Extract(settings);
        return (SecretFields.Without(settings), secrets.Count == 0 ? null : Protect(JsonSerializer.Serialize(secrets, CoreJson.Options)));
    }

    /// <summary>The settings with the secret fields that <see cref="Seal"/> has split off.</summary>
    /// <exception cref="InvalidOperationException">The key that encrypted them is gone.</exception>
    public T Open<T>(T settings, string? secrets) where T : class
        => secrets is null ? settings : SecretFields.Apply(settings, JsonSerializer.Deserialize<Dictionary<string, string>>(Unprotect(secrets), CoreJson.Options)!);

    /// <exception cref="InvalidOperationException">The key that encrypted it is gone.</exception>
    public string Unprotect(string value)
    {
        try
        {
            return _ring is not null && DataKeyRing.IsEncrypted(value) ? _ring.Decrypt(value) : _before.Unprotect(value);
        }
        catch (CryptographicException exception)
        {
            throw new InvalidOperationException("A stored secret cannot be decrypted: its key is missing from the tables data_keys and data_protection_keys. Restore them from the backup the data came from.", exception);
        }
    }

    /// <summary>Makes the first key of Data Protection when there is none yet; nodes that start together on an empty database then use the same one.</summary>
    internal void MakeKey() => _before.Protect("");

    /// <summary>The value, or null when no key opens it.</summary>
    internal string? TryUnprotect(string value)
    {
        try { return Unprotect(value); }
        catch (InvalidOperationException exception) when (exception.InnerException is CryptographicException) { return null; }
    }
}
