using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TriggerConsole.Core;

/// <summary>
/// Makes and reads version 7 UUIDs (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then a counter that keeps
/// ids of one process in order within a millisecond (section 6.2, method 1), then 62 random bits.
/// Ids sort by the time they were made, so they also serve as cursor and as the time index of every history table.
/// </summary>
public static class Uuid7
{
    private const int CounterBits = 12;
    private const long MostAhead = 60_000L << CounterBits;
    private static long s_last;

    /// <summary>
    /// A new id, greater than those this process made before. A clock set back by up to a minute is bridged; after a greater
    /// leap ids follow the clock again.
    /// </summary>
    public static Guid New(DateTimeOffset now)
    {
        var wanted = now.ToUnixTimeMilliseconds() << CounterBits;
        long next, last;
        do
        {
            last = Volatile.Read(ref s_last);
            // More than 4,096 ids in a millisecond run ahead of the clock instead of repeating or waiting.
            next = last >= wanted && last - wanted < MostAhead ? last + 1 : wanted;
        }
        while (Interlocked.CompareExchange(ref s_last, next, last) != last);
        return Compose(next >> CounterBits, (int)(next & ((1 << CounterBits) - 1)), Random.Shared.NextInt64());
    }

    /// <summary>The smallest id of the given instant: the bound for "made at or after" and "made before".</summary>
    public static Guid Floor(DateTimeOffset instant) => Compose(Math.Max(0, instant.ToUnixTimeMilliseconds()), 0, 0);

    /// <summary>When the id was made, to the millisecond.</summary>
    public static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16);
    }

    private static Guid Compose(long milliseconds, int counter, long random)
    {
        Span<ulong> words = [
            BinaryPrimitives.ReverseEndianness(((ulong)milliseconds << 16) | 0x7000UL | (uint)counter),
            BinaryPrimitives.ReverseEndianness(0x8000_0000_0000_0000UL | ((ulong)random & 0x3FFF_FFFF_FFFF_FFFFUL)),
        ];
        return new Guid(MemoryMarshal.AsBytes(words), bigEndian: true);
    }
}
