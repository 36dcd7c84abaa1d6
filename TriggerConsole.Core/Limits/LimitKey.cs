using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace TriggerConsole.Core.Limits;

/// <summary>Whose requests are counted together: an address or network, a user, a key, or a callback; for one policy.</summary>
internal readonly struct LimitKey : IEquatable<LimitKey>
{
    private const ulong MappedPrefix = 0xFFFF_0000_0000;
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly LimitPolicy _policy;

    private LimitKey(LimitPolicy policy, ulong high, ulong low) => (_policy, _high, _low) = (policy, high, low);

    public LimitPolicy Policy => _policy;

    /// <param name="address">Null counts as one caller: what came through a socket without address.</param>
    /// <param name="prefixLength">How much of an IPv6 address counts: whoever has one usually has a whole network.</param>
    public static LimitKey Of(LimitPolicy policy, IPAddress? address, int prefixLength)
    {
        if (address is null) return new(policy, 0, 0);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily == AddressFamily.InterNetwork) return new(policy, 0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes));
        var (high, low) = (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
        if (high == 0 && low >> 32 == 0xFFFF) return new(policy, 0, low);
        return prefixLength <= 64
            ? new(policy, prefixLength == 0 ? 0 : high & ulong.MaxValue << 64 - prefixLength, 0)
            : new(policy, high, low & ulong.MaxValue << 128 - prefixLength);
    }

    public static LimitKey Of(LimitPolicy policy, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return new(policy, BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
    }

    /// <summary>Both together: this address at that callback.</summary>
    public LimitKey And(LimitKey other) => new(_policy, _high ^ BitOperations.RotateLeft(other._high, 17), _low ^ BitOperations.RotateLeft(other._low, 31));

    /// <summary>The address or network that it was made of.</summary>
    public string AddressText(int prefixLength)
    {
        if (_high == 0 && _low == 0) return "unknown";
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
        return _high == 0 && _low >> 32 == 0xFFFF ? new IPAddress(bytes[12..]).ToString() : prefixLength == 128 ? new IPAddress(bytes).ToString() : $"{new IPAddress(bytes)}/{prefixLength}";
    }

    public bool Equals(LimitKey other) => _high == other._high && _low == other._low && _policy == other._policy;

    public override bool Equals(object? obj) => obj is LimitKey other && Equals(other);

    // Seeded anew in each process: nobody can choose addresses that meet in one place
    public override int GetHashCode() => HashCode.Combine(_high, _low, _policy);
}
