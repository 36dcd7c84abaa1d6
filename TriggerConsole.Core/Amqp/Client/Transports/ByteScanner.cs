using System.Buffers.Binary;

namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>
/// Walks over the arguments of a frame and checks that all of them lie within it: what the library's readers take for granted.
/// Tables and arrays are walked without recursion, however deep they are, because a stack that overflows ends the process.
/// </summary>
internal ref struct ByteScanner(ReadOnlySpan<byte> bytes)
{
    /// <summary>Tables and arrays within each other. Brokers send two or three.</summary>
    public const int DeepestNesting = 32;

    /// <summary>In one table with all that is in it: one byte of the wire can cost 32 bytes of memory.</summary>
    public const int MostValues = 4096;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public byte Octet() => Take(1)[0];

    public ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint Long() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong LongLong() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public void ShortString() => Take(Octet());

    public ReadOnlySpan<byte> LongString() => Take(Long());

    public void Skip(int count) => Take((uint)count);

    /// <exception cref="AmqpViolationException"/>
    public void Table()
    {
        Span<int> ends = stackalloc int[DeepestNesting];
        Span<bool> areTables = stackalloc bool[DeepestNesting];
        var (depth, values) = (0, 0);
        Enter(isTable: true, _bytes.Length, ends, areTables, ref depth);
        while (depth > 0)
        {
            var end = ends[depth - 1];
            if (_position == end)
            {
                depth--;
                continue;
            }
            if (++values > MostValues) throw AmqpViolationException.Protocol($"sent a table with more than {MostValues:N0} values");
            if (areTables[depth - 1]) ShortString();
            var type = (char)Octet();
            if (type is 'F' or 'A') Enter(type == 'F', end, ends, areTables, ref depth);
            else if (type is 'S' or 'x') LongString();
            else Skip(SizeOf(type));
            if (_position > end) throw Truncated;
        }
    }

    private void Enter(bool isTable, int end, scoped Span<int> ends, scoped Span<bool> areTables, ref int depth)
    {
        if (depth == DeepestNesting) throw AmqpViolationException.Protocol($"sent tables that are nested more than {DeepestNesting} deep");
        var size = Long();
        if (size > end - _position) throw Truncated;
        (ends[depth], areTables[depth]) = (_position + (int)size, isTable);
        depth++;
    }

    // The types that the library reads; it throws at all others
    private static int SizeOf(char type) => type switch
    {
        'V' => 0,
        't' or 'b' or 'B' => 1,
        's' or 'u' => 2,
        'I' or 'i' or 'f' => 4,
        'D' => 5,
        'l' or 'd' or 'T' => 8,
        _ => throw AmqpViolationException.Protocol($"sent a table with a value of the unknown type 0x{(int)type:X2}"),
    };

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > _bytes.Length - _position) throw Truncated;
        var taken = _bytes.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }

    private static AmqpViolationException Truncated => AmqpViolationException.Protocol("sent something whose parts are longer than the whole");
}
