using System.Text;

namespace TriggerConsole.Tests.Testing;

/// <summary>Bytes as a broker sends them, right or wrong.</summary>
internal static class FakeMqttBytes
{
    /// <summary>"20 02 {pid} 'text'" with blanks anywhere: hexadecimal digits, and text between quotes.</summary>
    public static byte[] Parse(string text, ushort pid = 0)
    {
        var bytes = new List<byte>();
        var parts = text.Replace("{pid}", pid.ToString("X4", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal).Split('\'');
        for (var i = 0; i < parts.Length; i++)
            bytes.AddRange(i % 2 == 1 ? Encoding.UTF8.GetBytes(parts[i]) : Convert.FromHexString(parts[i].Replace(" ", "", StringComparison.Ordinal)));
        return [.. bytes];
    }

    /// <summary>A packet with its length.</summary>
    public static byte[] Packet(byte first, params byte[][] parts)
    {
        var body = parts.SelectMany(p => p).ToArray();
        return [first, .. Length(body.Length), .. body];
    }

    public static byte[] Length(int length)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)((length & 127) | (length > 127 ? 128 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return [.. bytes];
    }

    public static byte[] String(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. Short((ushort)bytes.Length), .. bytes];
    }

    public static byte[] Short(ushort number) => [(byte)(number >> 8), (byte)number];

    /// <param name="version">4 or 5.</param>
    /// <param name="properties">Of 5.0, without their length, as <see cref="Parse"/> takes them.</param>
    /// <param name="sessionPresent">The flag.</param>
    /// <param name="code">The return code or reason code.</param>
    public static byte[] Connack(int version, string properties = "", bool sessionPresent = false, byte code = 0)
        => Packet(0x20, [(byte)(sessionPresent ? 1 : 0), code], Properties(version, properties));

    public static byte[] Publish(int version, string topic, string payload = "x", int qos = 0, ushort id = 0, bool duplicate = false, bool retain = false, string properties = "")
        => Publish(version, topic, Encoding.UTF8.GetBytes(payload), qos, id, duplicate, retain, properties);

    public static byte[] Publish(int version, string topic, byte[] payload, int qos = 0, ushort id = 0, bool duplicate = false, bool retain = false, string properties = "")
        => Packet((byte)(0x30 | (duplicate ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)), String(topic), qos > 0 ? Short(id) : [], Properties(version, properties), payload);

    /// <summary>PUBACK, PUBREC, PUBREL, PUBCOMP: the short form without a reason.</summary>
    public static byte[] Answer(MqttType type, ushort id) => Packet((byte)(((int)type << 4) | (type == MqttType.Pubrel ? 2 : 0)), Short(id));

    public static byte[] Answer(MqttType type, ushort id, byte reason) => Packet((byte)(((int)type << 4) | (type == MqttType.Pubrel ? 2 : 0)), Short(id), [reason]);

    public static byte[] Suback(int version, ushort id, params byte[] codes) => Packet(0x90, Short(id), Properties(version, ""), codes);

    public static byte[] Unsuback(int version, ushort id, params byte[] codes) => Packet(0xB0, Short(id), Properties(version, ""), version == 5 ? codes : []);

    private static byte[] Properties(int version, string properties)
    {
        if (version != 5) return [];
        var bytes = Parse(properties);
        return [.. Length(bytes.Length), .. bytes];
    }
}
