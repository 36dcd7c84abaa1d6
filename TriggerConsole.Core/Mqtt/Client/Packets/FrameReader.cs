using System.Buffers;

namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>One whole packet in the buffer it arrived in.</summary>
internal readonly ref struct Frame(byte first, ReadOnlySequence<byte> body)
{
    /// <summary>Type and flags; the flags are legal.</summary>
    public byte First { get; } = first;

    public PacketType Type => (PacketType)(First >> 4);

    public ReadOnlySequence<byte> Body { get; } = body;
}

/// <summary>
/// Cuts the stream of bytes into packets. The first byte is judged as soon as it is there, the length before anything is kept
/// for it: what a client must not accept never takes memory.
/// </summary>
/// <param name="most">Largest packet, with its header.</param>
internal readonly struct FrameReader(MqttVersion version, long most)
{
    /// <returns>False: more bytes are needed. <paramref name="buffer"/> then stands where the packet begins.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, out Frame frame)
    {
        frame = default;
        if (buffer.IsEmpty) return false;
        var head = buffer.FirstSpan;
        if (head.Length < 5 && buffer.Length > head.Length)
        {
            // A header across two segments: rare, and never more than five bytes
            var start = buffer.Slice(0, Math.Min(5, buffer.Length));
            head = start.ToArray();
        }
        var first = head[0];
        CheckFirst(first);
        switch (VariableByteInteger.TryRead(head[1..], out var length, out var count))
        {
            case VariableByteIntegerResult.Incomplete: return false;
            case VariableByteIntegerResult.Malformed: throw MqttProtocolException.Malformed("The length of a packet is not a valid variable byte integer.");
        }
        var whole = 1L + count + length;
        if (whole > most)
        {
            throw new MqttProtocolException(MqttReasonCode.PacketTooLarge, $"The broker announced a packet of {whole:N0} bytes; the largest accepted is {most:N0}.");
        }
        if (buffer.Length < whole) return false;
        frame = new(first, buffer.Slice(1 + count, length));
        buffer = buffer.Slice(whole);
        return true;
    }

    private void CheckFirst(byte first)
    {
        var flags = first & 0x0F;
        switch ((PacketType)(first >> 4))
        {
            case PacketType.Publish:
                if ((flags & 0x06) == 0x06) throw MqttProtocolException.Malformed("A message has QoS 3, which does not exist.");
                if ((flags & 0x0E) == FirstByte.DuplicateFlag) throw MqttProtocolException.Error("A message of QoS 0 is marked as sent again.");
                return;
            case PacketType.Pubrel:
                if (flags != 0x02) throw WrongFlags(first);
                return;
            case PacketType.Connack or PacketType.Puback or PacketType.Pubrec or PacketType.Pubcomp or PacketType.Suback or PacketType.Unsuback or PacketType.Pingresp:
                if (flags != 0) throw WrongFlags(first);
                return;
            case PacketType.Disconnect or PacketType.Auth when version == MqttVersion.V5:
                if (flags != 0) throw WrongFlags(first);
                return;
            case PacketType.Connect or PacketType.Subscribe or PacketType.Unsubscribe or PacketType.Pingreq or PacketType.Disconnect:
                throw MqttProtocolException.Error($"The broker sent a {(PacketType)(first >> 4)}, which only clients send.");
            default:
                throw MqttProtocolException.Malformed($"The broker sent a packet of a forbidden type (first byte 0x{first:X2}).");
        }
    }

    private static MqttProtocolException WrongFlags(byte first)
        => MqttProtocolException.Malformed($"A {(PacketType)(first >> 4)} has wrong flags (first byte 0x{first:X2}).");
}
