namespace TriggerConsole.Core.Mqtt.Client.Packets;

internal enum VariableByteIntegerResult
{
    Read,
    Incomplete,

    /// <summary>More than four bytes, or more than the number needs.</summary>
    Malformed,
}

/// <summary>Seven bits a byte, least significant first (MQTT 5.0 section 1.5.5).</summary>
internal static class VariableByteInteger
{
    public const int Most = 268_435_455;

    public static int Size(int value) => value switch
    {
        < 0x80 => 1,
        < 0x4000 => 2,
        < 0x20_0000 => 3,
        _ => 4,
    };

    public static int Write(Span<byte> target, int value)
    {
        var count = 0;
        while (value >= 0x80)
        {
            target[count++] = (byte)(value | 0x80);
            value >>= 7;
        }
        target[count++] = (byte)value;
        return count;
    }

    public static VariableByteIntegerResult TryRead(ReadOnlySpan<byte> source, out int value, out int count)
    {
        value = 0;
        for (count = 0; count < 4;)
        {
            if (count == source.Length) return VariableByteIntegerResult.Incomplete;
            var part = source[count];
            value |= (part & 0x7F) << (7 * count++);
            if (part >= 0x80) continue;
            // [MQTT-1.5.5-1]: a last byte of nothing was not needed
            return part == 0 && count > 1 ? VariableByteIntegerResult.Malformed : VariableByteIntegerResult.Read;
        }
        return VariableByteIntegerResult.Malformed;
    }
}
