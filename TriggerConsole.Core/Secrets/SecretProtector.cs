using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace TriggerConsole.Core.Secrets;

/// <summary>Encrypts what must not be readable in the database, by Data Protection (AES-256-CBC with HMAC-SHA256, rotating keys).</summary>
public sealed class SecretProtector(IDataProtectionProvider provider)
{
    private readonly IDataProtector _protector = provider.CreateProtector("TriggerConsole.Secrets.v1");

    /// <summary>Makes the first key when there is none yet; nodes that start together on an empty database then use the same one.</summary>
    public void MakeKey() => _protector.Protect("");

    public string Protect(string value) => _protector.Protect(value);

    /// <summary>Settings as they are stored: their JSON without the secret fields, and those as one encrypted JSON object of path and value; null when there are none.</summary>
    public (string Settings, string? Secrets) Seal(object settings)
    {
        var secrets = SecretFields.Extract(settings);
        return (SecretFields.Without(settings), secrets.Count == 0 ? null : Protect(JsonSerializer.Serialize(secrets, CoreJson.Options)));
    }

    /// <summary>The settings with the secret fields that <see cref="Seal"/> has split off.</summary>
    /// <exception cref="InvalidOperationException">The key that encrypted them is not in the key ring.</exception>
    public T Open<T>(T settings, string? secrets) where T : class
        => secrets is null ? settings : SecretFields.Apply(settings, JsonSerializer.Deserialize<Dictionary<string, string>>(Unprotect(secrets), CoreJson.Options)!);

    /// <exception cref="InvalidOperationException">The key that encrypted it is not in the key ring.</exception>
    public string Unprotect(string value)
    {
        try
        {
            return _protector.Unprotect(value);
        }
        catch (CryptographicException exception)
        {
            throw new InvalidOperationException("A stored secret cannot be decrypted: its key is missing from the table data_protection_keys. Restore that table from the backup the data came from.", exception);
        }
    }
}
