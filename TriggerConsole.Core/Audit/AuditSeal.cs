using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TriggerConsole.Core.Audit;

/// <summary>
/// The bytes that are sealed. Each field has its length before it, so that no two different entries make the same bytes; numbers are
/// big-endian, times are microseconds since 1970, text is UTF-8, a length of -1 is null.
/// </summary>
internal static class AuditSeal
{
    public const int Size = HMACSHA256.HashSizeInBytes;

    private const byte EntryVersion = 1;
    private const byte HeadVersion = 129;

    /// <summary>What the first entry follows.</summary>
    public static byte[] Nothing => new byte[Size];

    /// <summary>HMAC-SHA256 over an entry, the hash of the one before included.</summary>
    public static byte[] Of(AuditEntry entry, ReadOnlySpan<byte> key) => Of(entry, entry.Sequence, key);

    /// <summary>As it would be at another place.</summary>
    public static byte[] Of(AuditEntry entry, long sequence, ReadOnlySpan<byte> key)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        bytes.Write([EntryVersion]);
        Add(bytes, sequence);
        Add(bytes, entry.At.ToUnixMicroseconds());
        Add(bytes, entry.ActorKind.ToString());
        Add(bytes, entry.ActorId);
        Add(bytes, entry.ActorName);
        Add(bytes, entry.Address);
        Add(bytes, entry.Action);
        Add(bytes, entry.Outcome.ToString());
        Add(bytes, entry.SubjectKind);
        Add(bytes, entry.SubjectId);
        Add(bytes, entry.SubjectName);
        Add(bytes, entry.Before);
        Add(bytes, entry.After);
        Add(bytes, entry.Detail);
        Add(bytes, (long)entry.Count);
        Add(bytes, entry.Node);
        Add(bytes, entry.KeyId);
        Add(bytes, entry.PreviousHash);
        return HMACSHA256.HashData(key, bytes.WrittenSpan);
    }

    /// <summary>HMAC-SHA256 over where the chain ends and begins.</summary>
    public static byte[] OfHead(long sequence, ReadOnlySpan<byte> hash, long firstSequence, ReadOnlySpan<byte> key)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        bytes.Write([HeadVersion]);
        Add(bytes, sequence);
        Add(bytes, hash);
        Add(bytes, firstSequence);
        return HMACSHA256.HashData(key, bytes.WrittenSpan);
    }

    private static void Add(ArrayBufferWriter<byte> bytes, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(sizeof(long)), value);
        bytes.Advance(sizeof(long));
    }

    private static void Add(ArrayBufferWriter<byte> bytes, string? text)
    {
        if (text is null) Add(bytes, -1L);
        else Add(bytes, Encoding.UTF8.GetBytes(text));
    }

    private static void Add(ArrayBufferWriter<byte> bytes, ReadOnlySpan<byte> value)
    {
        Add(bytes, (long)value.Length);
        bytes.Write(value);
    }
}
