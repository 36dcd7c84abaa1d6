using System.Buffers.Binary;

namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>Reads the fields of one packet's body; every fault is a <see cref="MqttProtocolException"/>.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> body)
{
    private ReadOnlySpan<byte> _rest = body;

    public readonly int Remaining => _rest.Length;

    public byte ReadByte() => Take(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public int ReadVariable()
    {
        if (VariableByteInteger.TryRead(_rest, out var value, out var count) != VariableByteIntegerResult.Read)
        {
            throw MqttProtocolException.Malformed("A length or number in a packet is not a valid variable byte integer.");
        }
        _rest = _rest[count..];
        return value;
    }

    public ReadOnlySpan<byte> ReadBinary() => Take(ReadUInt16());

    /// <summary>Checked UTF-8.</summary>
    public ReadOnlySpan<byte> ReadText()
    {
        var text = ReadBinary();
        if (!Utf8Rules.IsValid(text)) throw MqttProtocolException.Malformed("A text in a packet is not valid UTF-8.");
        return text;
    }

    /// <summary>An identifier of a packet, which is never 0.</summary>
    public ushort ReadPacketId()
    {
        var id = ReadUInt16();
        return id != 0 ? id : throw MqttProtocolException.Error("A packet has the identifier 0.");
    }

    public ReadOnlySpan<byte> ReadRest() => Take(_rest.Length);

    /// <summary>The properties of a 5.0 packet; the reader then stands behind them.</summary>
    public PropertyReader ReadProperties(PacketType packet)
    {
        var length = ReadVariable();
        return new(Take(length), packet);
    }

    public readonly void ExpectEnd()
    {
        if (_rest.Length > 0) throw MqttProtocolException.Malformed("A packet is longer than its fields.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw MqttProtocolException.Malformed("A packet ends in the middle of a field.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
