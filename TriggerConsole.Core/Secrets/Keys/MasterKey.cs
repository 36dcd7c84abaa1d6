using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>
/// The key that protects all other keys, and nothing else: AES-256-GCM (NIST SP 800-38D) with a random nonce of 96 bits. What it makes
/// names it (<c>tcw1.ID.…</c>), so that a wrong key is told from damage.
/// </summary>
internal sealed class MasterKey
{
    public const int Bytes = 32;

    private const string Prefix = "tcw1.";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _secret;
    private readonly byte[] _key;

    public MasterKey(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != Bytes) throw new ArgumentException($"A master key has {Bytes} bytes.", nameof(secret));
        _secret = secret.ToArray();
        // Apart from each other (RFC 5869): the name tells nothing of the key
        _key = HKDF.Expand(HashAlgorithmName.SHA256, _secret, Bytes, "TriggerConsole master key: wrap"u8.ToArray());
        Id = Convert.ToHexStringLower(HKDF.Expand(HashAlgorithmName.SHA256, _secret, 6, "TriggerConsole master key: name"u8.ToArray()));
    }

    /// <summary>Its name: 12 hexadecimal digits that follow from it. No secret.</summary>
    public string Id { get; }

    public static MasterKey Create() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Reads base64 of 32 bytes; null when it is none.</summary>
    public static MasterKey? Parse(string text)
    {
        Span<byte> secret = stackalloc byte[Bytes + 1];
        return Convert.TryFromBase64String(text.Trim(), secret, out var length) && length == Bytes ? new(secret[..Bytes]) : null;
    }

    /// <summary>For the key file and for backups that are encrypted themselves.</summary>
    public string Export() => Convert.ToBase64String(_secret);

    public string Wrap(ReadOnlySpan<byte> plain) => $"{Prefix}{Id}.{Base64Url.EncodeToString(Seal(_key, plain, Context(Id)))}";

    /// <exception cref="CryptographicException">It was changed, or is of another key.</exception>
    public byte[] Unwrap(string wrapped)
    {
        if (IdOf(wrapped) != Id) throw new CryptographicException("This was wrapped by another master key.");
        return Open(_key, Base64Url.DecodeFromChars(wrapped.AsSpan(Prefix.Length + Id.Length + 1)), Context(Id));
    }

    /// <summary>The name of the key that wrapped it; null when none did.</summary>
    public static string? IdOf(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var end = text.IndexOf('.', Prefix.Length);
        return end < 0 ? null : text[Prefix.Length..end];
    }

    /// <summary>Nonce, ciphertext and tag.</summary>
    internal static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context)
    {
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), context);
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">It was changed, or is of another key.</exception>
    internal static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> context)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes) throw new CryptographicException("This is too short to be anything encrypted.");
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes.Slice(NonceBytes, plain.Length), sealedBytes[^TagBytes..], plain, context);
        return plain;
    }

    private static byte[] Context(string id) => Encoding.ASCII.GetBytes(Prefix + id);
}
