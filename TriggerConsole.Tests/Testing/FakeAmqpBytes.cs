using System.Buffers.Binary;
using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>AMQP 0-9-1 as a broker sends it, right or wrong. Written from the specification, so that the client is not checked against itself.</summary>
internal static class FakeAmqpBytes
{
    public const byte End = 0xCE;

    public static byte[] Heartbeat { get; } = Frame(8, 0, []);

    public static byte[] OpenOk { get; } = Method(0, 10, 41, ShortString(""));

    public static byte[] Frame(byte type, ushort channel, byte[] payload, byte end = End, uint? size = null)
        => [type, .. Short(channel), .. Long(size ?? (uint)payload.Length), .. payload, end];

    public static byte[] Method(ushort channel, ushort type, ushort method, params byte[][] arguments) => Frame(1, channel, [.. Short(type), .. Short(method), .. arguments.SelectMany(a => a)]);

    public static byte[] Start(byte[]? serverProperties = null, string mechanisms = "PLAIN AMQPLAIN", byte major = 0, byte minor = 9)
        => Method(0, 10, 10, [major, minor], serverProperties ?? Table(("product", Text("Fake")), ("version", Text("1.0"))), LongString(mechanisms), LongString("en_US"));

    public static byte[] Tune(ushort channelMax = 2047, uint frameMax = 131_072, ushort heartbeat = 60) => Method(0, 10, 30, Short(channelMax), Long(frameMax), Short(heartbeat));

    public static byte[] ConnectionClose(ushort code, string text) => Method(0, 10, 50, Short(code), ShortString(text), Short(0), Short(0));

    public static byte[] Blocked(string reason) => Method(0, 10, 60, ShortString(reason));

    public static byte[] Unblocked { get; } = Method(0, 10, 61);

    public static byte[] ChannelOpenOk(ushort channel) => Method(channel, 20, 11, LongString(""));

    public static byte[] ChannelClose(ushort channel, ushort code, string text) => Method(channel, 20, 40, Short(code), ShortString(text), Short(60), Short(40));

    public static byte[] ChannelCloseOk(ushort channel) => Method(channel, 20, 41);

    public static byte[] ConfirmSelectOk(ushort channel) => Method(channel, 85, 11);

    public static byte[] Ack(ushort channel, ulong tag, bool multiple = false) => Method(channel, 60, 80, LongLong(tag), [(byte)(multiple ? 1 : 0)]);

    public static byte[] Nack(ushort channel, ulong tag, bool multiple = false) => Method(channel, 60, 120, LongLong(tag), [(byte)(multiple ? 1 : 0)]);

    public static byte[] Return(ushort channel, string exchange, string routingKey, ushort code = 312, string text = "NO_ROUTE")
        => Method(channel, 60, 50, Short(code), ShortString(text), ShortString(exchange), ShortString(routingKey));

    /// <summary>The head of a message with nothing but headers among its properties.</summary>
    public static byte[] ContentHeader(ushort channel, ulong bodySize, byte[]? headers)
        => Frame(2, channel, [.. Short(60), .. Short(0), .. LongLong(bodySize), .. headers is null ? Short(0) : (byte[])[.. Short(0x2000), .. headers]]);

    public static byte[] Body(ushort channel, byte[] body) => Frame(3, channel, body);

    public static byte[] Table(params (string Name, byte[] Value)[] values) => LongString([.. values.SelectMany(v => (byte[])[.. ShortString(v.Name), .. v.Value])]);

    public static byte[] Text(string text) => [(byte)'S', .. LongString(text)];

    /// <summary>A table whose only value is a table, whose only value is … Of arrays, or of tables, below the first.</summary>
    public static byte[] Nested(int depth, bool arrays = false)
    {
        // From the inside out would copy each level into the next; the sizes are known beforehand
        var perLevel = arrays ? 5 : 7;
        var bytes = new byte[4 + (depth * perLevel) + (arrays ? 2 : 0)];
        var position = 0;
        for (var left = depth; ; left--)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(position), (uint)(bytes.Length - position - 4));
            position += 4;
            if (left == 0) return bytes;
            if (!arrays || left == depth)
            {
                bytes[position++] = 1; // a name of one letter
                bytes[position++] = (byte)'a';
            }
            bytes[position++] = (byte)(arrays ? 'A' : 'F');
        }
    }

    public static byte[] ShortString(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)bytes.Length, .. bytes];
    }

    public static byte[] LongString(string text) => LongString(Encoding.UTF8.GetBytes(text));

    public static byte[] LongString(byte[] bytes) => [.. Long((uint)bytes.Length), .. bytes];

    public static byte[] Short(ushort value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Long(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] LongLong(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
