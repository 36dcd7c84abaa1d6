using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace TriggerConsole.Tests.Testing;

internal enum MqttType : byte
{
    Reserved, Connect, Connack, Publish, Puback, Pubrec, Pubrel, Pubcomp, Subscribe, Suback, Unsubscribe, Unsuback, Pingreq, Pingresp, Disconnect, Auth,
}

/// <summary>A packet as the fake broker got it. Read with a decoder of its own, so that the client's mistakes are not made twice.</summary>
internal sealed class FakeMqttPacket
{
    private static readonly Encoding s_strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
    private readonly bool _v5;

    public FakeMqttPacket(byte first, byte[] body, bool v5)
    {
        (Type, Flags, Body, _v5) = ((MqttType)(first >> 4), (byte)(first & 15), body, v5);
        At = Stopwatch.GetTimestamp();
        Properties = [];
        if (Type == MqttType.Connect) ReadConnect();
        else if (Type is not (MqttType.Pingreq or MqttType.Pingresp)) Read();
    }

    public MqttType Type { get; }

    public byte Flags { get; }

    public byte[] Body { get; }

    /// <summary>Monotonic (<see cref="Stopwatch"/>).</summary>
    public long At { get; }

    public int Qos => (Flags >> 1) & 3;

    public bool Duplicate => (Flags & 8) != 0;

    public bool Retain => (Flags & 1) != 0;

    /// <summary>The packet identifier; 0 when there is none.</summary>
    public ushort Id { get; private set; }

    /// <summary>0 when it was left out.</summary>
    public byte Reason { get; private set; }

    public string Topic { get; private set; } = "";

    public byte[] Payload { get; private set; } = [];

    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>Property identifiers with their raw values, in order.</summary>
    public List<(byte Id, byte[] Value)> Properties { get; private set; }

    /// <summary>Filters of SUBSCRIBE (with the options byte) and UNSUBSCRIBE (options 0).</summary>
    public List<(string Filter, byte Options)> Filters { get; } = [];

    public byte ConnectFlags { get; private set; }

    public byte Level { get; private set; }

    public bool CleanStart => (ConnectFlags & 2) != 0;

    public ushort KeepAlive { get; private set; }

    public string ClientId { get; private set; } = "";

    public bool Has(byte property) => Properties.Any(p => p.Id == property);

    public TimeSpan Since(long earlier) => Stopwatch.GetElapsedTime(earlier, At);

    public override string ToString() => $"{Type} flags {Flags:X} {Convert.ToHexString(Body.AsSpan(0, Math.Min(48, Body.Length)))}";

    private void ReadConnect()
    {
        var reader = new Reader(Body);
        if (reader.String() != "MQTT") throw new FormatException("Not the name MQTT.");
        Level = reader.Byte();
        ConnectFlags = reader.Byte();
        KeepAlive = reader.Short();
        if (Level == 5) Properties = reader.Properties();
        ClientId = reader.String();
    }

    private void Read()
    {
        var reader = new Reader(Body);
        if (Type == MqttType.Publish) Topic = reader.String();
        if (Type is not (MqttType.Disconnect or MqttType.Auth) && (Type != MqttType.Publish || Qos > 0)) Id = reader.Short();
        if (Type is MqttType.Publish or MqttType.Subscribe or MqttType.Unsubscribe)
        {
            if (_v5) Properties = reader.Properties();
            if (Type == MqttType.Publish) Payload = reader.Rest();
            else while (!reader.AtEnd) Filters.Add((reader.String(), Type == MqttType.Subscribe ? reader.Byte() : (byte)0));
            return;
        }
        if (reader.AtEnd) return;
        if (!_v5) throw new FormatException($"{Type} of 3.1.1 with more than its two bytes.");
        Reason = reader.Byte();
        if (!reader.AtEnd) Properties = reader.Properties();
        if (!reader.AtEnd) throw new FormatException($"Bytes left over in {Type}.");
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool AtEnd => _rest.IsEmpty;

        public byte Byte() => Take(1)[0];

        public ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

        public string String() => s_strict.GetString(Take(Short()));

        public byte[] Rest() => Take(_rest.Length).ToArray();

        public List<(byte, byte[])> Properties()
        {
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var next = Byte();
                length |= (next & 127) << shift;
                if (next < 128) break;
            }
            var reader = new Reader(Take(length));
            var found = new List<(byte, byte[])>();
            while (!reader.AtEnd)
            {
                var id = reader.Byte();
                found.Add((id, reader.Value(id)));
            }
            return found;
        }

        private byte[] Value(byte id) => id switch
        {
            0x01 or 0x17 or 0x19 or 0x24 or 0x25 or 0x28 or 0x29 or 0x2A => Take(1).ToArray(),
            0x13 or 0x21 or 0x22 or 0x23 => Take(2).ToArray(),
            0x02 or 0x11 or 0x18 or 0x27 => Take(4).ToArray(),
            0x03 or 0x08 or 0x09 or 0x12 or 0x15 or 0x16 or 0x1A or 0x1C or 0x1F => Take(Short()).ToArray(),
            0x26 => [.. Take(Short()), (byte)'=', .. Take(Short())],
            _ => throw new FormatException($"Property {id:X2} from the client."),
        };

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length) throw new FormatException("The packet is cut short.");
            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
