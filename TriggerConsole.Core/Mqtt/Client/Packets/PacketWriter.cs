using System.Buffers.Binary;
using System.Text;

namespace TriggerConsole.Core.Mqtt.Client.Packets;

/// <summary>Writes the fields of a packet into memory that was measured before.</summary>
internal ref struct PacketWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    public int Written { get; private set; }

    public void WriteHeader(byte first, int length)
    {
        WriteByte(first);
        WriteVariable(length);
    }

    public void WriteByte(byte value) => _target[Written++] = value;

    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_target[Written..], value);
        Written += 2;
    }

    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_target[Written..], value);
        Written += 4;
    }

    public void WriteVariable(int value) => Written += VariableByteInteger.Write(_target[Written..], value);

    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        WriteUInt16(checked((ushort)value.Length));
        WriteRaw(value);
    }

    public void WriteRaw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_target[Written..]);
        Written += value.Length;
    }

    public void WriteText(string value)
    {
        var count = Encoding.UTF8.GetBytes(value, _target[(Written + 2)..]);
        WriteUInt16(checked((ushort)count));
        Written += count;
    }

    public void WriteProperty(PropertyId id, byte value)
    {
        WriteByte((byte)id);
        WriteByte(value);
    }

    public void WriteProperty(PropertyId id, ushort value)
    {
        WriteByte((byte)id);
        WriteUInt16(value);
    }

    public void WriteProperty(PropertyId id, uint value)
    {
        WriteByte((byte)id);
        WriteUInt32(value);
    }

    public void WriteProperty(PropertyId id, string value)
    {
        WriteByte((byte)id);
        WriteText(value);
    }

    public void WriteUserProperties(IReadOnlyList<MqttUserProperty> properties)
    {
        for (var i = 0; i < properties.Count; i++)
        {
            WriteProperty(PropertyId.UserProperty, properties[i].Name);
            WriteText(properties[i].Value);
        }
    }
}

/// <summary>Sizes on the wire.</summary>
internal static class Measure
{
    public static int Text(string value) => 2 + Encoding.UTF8.GetByteCount(value);

    public static int Property(string? value) => value is null ? 0 : 1 + Text(value);

    public static long UserProperties(IReadOnlyList<MqttUserProperty> properties)
    {
        var size = 0L;
        for (var i = 0; i < properties.Count; i++) size += 1 + Text(properties[i].Name) + Text(properties[i].Value);
        return size;
    }

    /// <summary>A packet with its header; more than <see cref="VariableByteInteger.Most"/> bytes of content cannot be sent at all.</summary>
    public static long Packet(long content) => content > VariableByteInteger.Most ? long.MaxValue : 1 + VariableByteInteger.Size((int)content) + content;
}
