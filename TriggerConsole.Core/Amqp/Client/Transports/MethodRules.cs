using System.Collections.Frozen;

namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>
/// The methods that a broker may send to one who signs in with PLAIN and only publishes and declares, with their arguments: o octet or bits, w 2 bytes,
/// d 4, q 8, s short string, L long string, T table (AMQP 0-9-1 reference, and RabbitMQ's extensions).
/// </summary>
internal static class MethodRules
{
    public const uint ConnectionStart = 10 << 16 | 10;
    public const uint ConnectionTune = 10 << 16 | 30;
    public const uint ChannelOpenOk = 20 << 16 | 11;
    public const uint BasicReturn = 60 << 16 | 50;
    public const uint BasicDeliver = 60 << 16 | 60;

    private static readonly FrozenDictionary<uint, string> s_arguments = new Dictionary<uint, string>
    {
        [ConnectionStart] = "ooTLL",
        [ConnectionTune] = "wdw",
        [10 << 16 | 41] = "s", // open-ok
        [10 << 16 | 50] = "wsww", // close
        [10 << 16 | 51] = "", // close-ok
        [10 << 16 | 60] = "s", // blocked
        [10 << 16 | 61] = "", // unblocked
        [ChannelOpenOk] = "L",
        [20 << 16 | 20] = "o", // flow
        [20 << 16 | 21] = "o", // flow-ok
        [20 << 16 | 40] = "wsww", // close
        [20 << 16 | 41] = "", // close-ok
        [40 << 16 | 11] = "", // exchange.declare-ok
        [40 << 16 | 21] = "", // delete-ok
        [40 << 16 | 31] = "", // bind-ok
        [40 << 16 | 51] = "", // unbind-ok
        [50 << 16 | 11] = "sdd", // queue.declare-ok
        [50 << 16 | 21] = "", // bind-ok
        [50 << 16 | 31] = "d", // purge-ok
        [50 << 16 | 41] = "d", // delete-ok
        [50 << 16 | 51] = "", // unbind-ok
        [BasicReturn] = "wsss",
        [60 << 16 | 80] = "qo", // ack
        [60 << 16 | 120] = "qo", // nack
        [85 << 16 | 11] = "", // confirm.select-ok
    }.ToFrozenDictionary();

    // And to one who takes messages as well
    private static readonly FrozenDictionary<uint, string> s_ofConsumers = new Dictionary<uint, string>(s_arguments)
    {
        [60 << 16 | 11] = "", // qos-ok
        [60 << 16 | 21] = "s", // consume-ok
        [60 << 16 | 30] = "so", // cancel
        [60 << 16 | 31] = "s", // cancel-ok
        [BasicDeliver] = "sqoss",
    }.ToFrozenDictionary();

    // Content of a message: its properties in the order of their flags, from the highest bit down
    private const string Properties = "ssToossss" + "qssss";

    /// <exception cref="AmqpViolationException">No such method, or its arguments do not fit.</exception>
    public static void Check(uint method, ReadOnlySpan<byte> arguments, bool isConsumer)
    {
        if (!(isConsumer ? s_ofConsumers : s_arguments).TryGetValue(method, out var kinds)) throw AmqpViolationException.Protocol($"sent a method that nobody asked for ({method >> 16}.{method & 0xFFFF})");
        var scanner = new ByteScanner(arguments);
        foreach (var kind in kinds) Check(ref scanner, kind);
    }

    /// <exception cref="AmqpViolationException"/>
    public static void CheckProperties(ReadOnlySpan<byte> properties)
    {
        var scanner = new ByteScanner(properties);
        var flags = scanner.Short();
        for (var i = 0; i < Properties.Length; i++)
        {
            if ((flags & 0x8000 >> i) != 0) Check(ref scanner, Properties[i]);
        }
    }

    private static void Check(ref ByteScanner scanner, char kind)
    {
        switch (kind)
        {
            case 'o': scanner.Skip(1); break;
            case 'w': scanner.Skip(2); break;
            case 'd': scanner.Skip(4); break;
            case 'q': scanner.Skip(8); break;
            case 's': scanner.ShortString(); break;
            case 'L': scanner.LongString(); break;
            default: scanner.Table(); break;
        }
    }
}
