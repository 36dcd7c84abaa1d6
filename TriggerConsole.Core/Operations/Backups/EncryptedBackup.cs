using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TriggerConsole.Core.Operations.Backups;

/// <summary>What an encrypted backup says of itself, readable with its passphrase alone.</summary>
/// <param name="Provider">Of the database it was made of.</param>
/// <param name="MasterKeys">The master keys that protect the keys in it, in base64 by their names: with them it can be restored anywhere.</param>
internal sealed record BackupContents(string Provider, DateTimeOffset CreatedAt, IReadOnlyDictionary<string, string> MasterKeys);

/// <summary>
/// The file of an encrypted backup. A key follows from the passphrase by PBKDF2 with HMAC-SHA512 (RFC 8018) and a salt of the file; it
/// encrypts chunks of 64 KB by AES-256-GCM. A chunk's nonce is its number and whether it is the last one, and the head of the file is authenticated
/// with each: chunks that are changed, missing, doubled or in another order are found, and so is a cut, even between two of them.
/// </summary>
internal static class EncryptedBackup
{
    public const int ShortestPassphrase = 12;

    /// <summary>OWASP asks for 210,000 at least (Password Storage Cheat Sheet, 2025); about 0.3 s on one core.</summary>
    public const int Iterations = 600_000;

    private const int ChunkBytes = 64 * 1024;
    private const int TagBytes = 16;
    private const int SaltBytes = 32;
    private const int CheckBytes = 16;
    private const int HeadBytes = 8 + 1 + 1 + 4 + 4 + SaltBytes + CheckBytes;
    private const int LeastIterations = 210_000;
    private const int MostIterations = 20_000_000; // about ten seconds: a file must not hold us up for ever

    private static ReadOnlySpan<byte> Magic => "TCBACKUP"u8;

    /// <summary>Whether the file is one; others are backups without encryption, or none.</summary>
    public static bool Is(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> start = stackalloc byte[8];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(Magic);
    }

    public static async Task WriteAsync(Stream plain, Stream output, string passphrase, BackupContents contents, int iterations, CancellationToken cancellationToken)
    {
        var head = new byte[HeadBytes];
        Magic.CopyTo(head);
        (head[8], head[9]) = (1, 1);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(10), iterations);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(14), ChunkBytes);
        RandomNumberGenerator.Fill(head.AsSpan(18, SaltBytes));
        var (key, check) = Derive(passphrase, head);
        check.CopyTo(head.AsSpan(18 + SaltBytes));
        await output.WriteAsync(head, cancellationToken);
        using var aes = new AesGcm(key, TagBytes);
        var context = SHA256.HashData(head);
        var about = JsonSerializer.SerializeToUtf8Bytes(contents, CoreJson.Options);
        var (chunk, result) = (new byte[ChunkBytes], new byte[ChunkBytes + TagBytes]);
        BinaryPrimitives.WriteInt32BigEndian(chunk, about.Length);
        about.CopyTo(chunk, 4);
        var filled = 4 + about.Length;
        for (var number = 0L; ; number++)
        {
            filled += await plain.ReadAtLeastAsync(chunk.AsMemory(filled), chunk.Length - filled, throwOnEndOfStream: false, cancellationToken);
            // A full chunk may be the last one all the same: then an empty one follows and says so
            var isLast = filled < chunk.Length;
            aes.Encrypt(Nonce(number, isLast), chunk.AsSpan(0, filled), result.AsSpan(0, filled), result.AsSpan(filled, TagBytes), context);
            await output.WriteAsync(result.AsMemory(0, filled + TagBytes), cancellationToken);
            if (isLast) return;
            filled = 0;
        }
    }

    /// <summary>Writes what was encrypted to <paramref name="output"/>. Only when this returns is it known to be whole.</summary>
    /// <param name="name">For the sentences.</param>
    /// <exception cref="OperationRefusedException">Another passphrase, or the file is not as it was written.</exception>
    public static async Task<BackupContents> ReadAsync(Stream input, Stream output, string passphrase, string name, CancellationToken cancellationToken)
    {
        var head = new byte[HeadBytes];
        if (await input.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) < head.Length) throw Damaged(name, "it ends within its head");
        if (head[8] != 1 || head[9] != 1) throw new OperationRefusedException($"{name} was written by a newer version of TriggerConsole. Restore it with that version or a later one. Nothing was changed.");
        var iterations = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(10));
        if (iterations is < LeastIterations or > MostIterations || BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(14)) != ChunkBytes) throw Damaged(name, "its head says what no backup says");
        var (key, check) = Derive(passphrase, head);
        if (!CryptographicOperations.FixedTimeEquals(check, head.AsSpan(18 + SaltBytes)))
            throw new OperationRefusedException($"{name} was made with another passphrase, or its head is damaged. Nothing was changed.");
        using var aes = new AesGcm(key, TagBytes);
        var context = SHA256.HashData(head);
        BackupContents? contents = null;
        var (now, next, plain) = (new byte[ChunkBytes + TagBytes], new byte[ChunkBytes + TagBytes], new byte[ChunkBytes]);
        var length = await input.ReadAtLeastAsync(now, now.Length, throwOnEndOfStream: false, cancellationToken);
        for (var number = 0L; ; number++)
        {
            var following = length < now.Length ? 0 : await input.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false, cancellationToken);
            var isLast = following == 0;
            if (length < TagBytes) throw Damaged(name, "it is cut off");
            var size = length - TagBytes;
            try { aes.Decrypt(Nonce(number, isLast), now.AsSpan(0, size), now.AsSpan(size, TagBytes), plain.AsSpan(0, size), context); }
            catch (CryptographicException) { throw Damaged(name, isLast ? "it was cut off or changed" : $"it was changed at byte {HeadBytes + number * now.Length:N0} or before"); }
            var from = 0;
            if (contents is null) (contents, from) = Contents(plain.AsSpan(0, size), name);
            await output.WriteAsync(plain.AsMemory(from, size - from), cancellationToken);
            if (isLast) return contents;
            (now, next, length) = (next, now, following);
        }
    }

    private static (BackupContents, int) Contents(ReadOnlySpan<byte> first, string name)
    {
        var length = first.Length < 4 ? 0 : BinaryPrimitives.ReadInt32BigEndian(first);
        if (length <= 0 || length > first.Length - 4) throw Damaged(name, "it does not say what it is");
        return (JsonSerializer.Deserialize<BackupContents>(first.Slice(4, length), CoreJson.Options)!, 4 + length);
    }

    private static (byte[] Key, byte[] Check) Derive(string passphrase, byte[] head)
    {
        var secret = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase), head.AsSpan(18, SaltBytes), BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(10)), HashAlgorithmName.SHA512, 64);
        return (HKDF.Expand(HashAlgorithmName.SHA512, secret, 32, "TriggerConsole backup: chunks"u8.ToArray()), HKDF.Expand(HashAlgorithmName.SHA512, secret, CheckBytes, "TriggerConsole backup: check"u8.ToArray()));
    }

    private static byte[] Nonce(long number, bool isLast)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(4), number);
        nonce[0] = isLast ? (byte)1 : (byte)0;
        return nonce;
    }

    private static OperationRefusedException Damaged(string name, string why) => new($"{name} is damaged: {why}. It was not restored; nothing was changed.");
}
