using TriggerConsole.Core.Mqtt.Client;
using static TriggerConsole.Core.Mqtt.Client.MqttVersion;
using static TriggerConsole.Tests.Mqtt.Statements.MqttRow;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>The rows of the table tests, by section.</summary>
internal static partial class MqttRows
{
    private const byte Malformed = 0x81;
    private const byte ProtocolError = 0x82;
    private const byte TopicNameInvalid = 0x90;
    private static readonly MqttVersion[] s_both = [V311, V5];

    /// <summary>Where the standard leaves it to the receiver whether a packet is malformed or breaks the protocol.</summary>
    private static readonly byte[] s_bad = [Malformed, ProtocolError];

    public static IReadOnlyList<MqttRow> All { get; } =
        [.. DataRepresentation(), .. PacketFormat(), .. Flags(), .. Properties(), .. Connack(), .. Publish(), .. Acknowledgements(), .. Subscribe(), .. Errors()];

    private static IEnumerable<MqttRow> DataRepresentation()
    {
        foreach (var version in s_both)
        {
            foreach (var bad in new[] { "ED A0 80", "C0 AF", "F4 90 80 80", "FF", "E2 82" })
                yield return new("MQTT-1.5.4-1", version, When.Connected, MqttRow.Publish(version, bad), "not UTF-8", s_bad);
            yield return new("MQTT-1.5.4-2", version, When.Connected, MqttRow.Publish(version, "61 00 62"), "NUL", [.. s_bad, TopicNameInvalid]);
            foreach (var odd in new[] { "61 01", "61 7F", "61 EF BF BF", "EF BB BF 61" })
                yield return new("1.5.4 Control characters", version, When.Connected, MqttRow.Publish(version, odd), "tolerated");
            foreach (var length in new[] { "80 80 80 80 01", "FF FF FF FF 7F" })
            {
                yield return new("MQTT-1.5.5-1", version, When.Connected, $"30 {length}", "five bytes of length", s_bad);
                yield return new("MQTT-1.5.5-1", version, When.InsteadOfConnack, $"20 {length}", "five bytes of length", s_bad);
            }
        }
        yield return new("MQTT-1.5.5-1", V5, When.Connected, "30 85 00 0001 61 00 78", "length not minimal", s_bad);
        yield return new("MQTT-1.5.5-1", V5, When.Connected, "D0 80 00", "length not minimal", s_bad);
        yield return new("MQTT-1.5.5-1", V5, When.Connected, Packet("30", "0001 61 80 00 78"), "property length not minimal", s_bad);
        yield return new("MQTT-1.5.5-1", V5, When.Connected, Packet("30", "0001 61 80 80 80 80 01 78"), "property length of five bytes", s_bad);
        foreach (var bad in new[] { "ED A0 80", "C0 AF", "FF" })
        {
            var length = bad.Split(' ').Length;
            yield return new("MQTT-1.5.4-1", V5, When.InsteadOfConnack, MqttRow.Connack(V5, $"1F 000{length} {bad}"), "reason string not UTF-8", s_bad);
            yield return new("MQTT-1.5.4-1", V5, When.Connected, MqttRow.Publish(V5, "61", $"03 000{length} {bad}"), "content type not UTF-8", s_bad);
            yield return new("MQTT-1.5.7-1", V5, When.Connected, MqttRow.Publish(V5, "61", $"26 000{length} {bad} 0001 61"), "name not UTF-8", s_bad);
            yield return new("MQTT-1.5.7-1", V5, When.Connected, MqttRow.Publish(V5, "61", $"26 0001 61 000{length} {bad}"), "value not UTF-8", s_bad);
        }
        yield return new("MQTT-1.5.4-2", V5, When.InsteadOfConnack, MqttRow.Connack(V5, "1F 0003 61 00 62"), "NUL in the reason string", s_bad);
        yield return new("MQTT-1.5.7-1", V5, When.Connected, MqttRow.Publish(V5, "61", "26 0001 61"), "no value", s_bad);
        yield return new("MQTT-1.5.7-1", V5, When.Connected, MqttRow.Publish(V5, "61", "26 0001 61 0003 61"), "value cut short", s_bad);
    }

    private static IEnumerable<MqttRow> PacketFormat()
    {
        foreach (var version in s_both)
        {
            yield return new("2.1.2 Reserved types", version, When.Connected, "00 00", "type 0", s_bad);
            yield return new("2.1.2 Reserved types", version, When.InsteadOfConnack, "00 00", "type 0", s_bad);
            var none = version == V5 ? "00" : "";
            yield return new("Table 2-1", version, When.Connected, Packet("10", $"0004 'MQTT' 0{(int)version} 02 0000 {none} 0001 61"), "CONNECT", s_bad);
            yield return new("Table 2-1", version, When.Connected, Packet("82", $"0001 {none} 0001 61 00"), "SUBSCRIBE", s_bad);
            yield return new("Table 2-1", version, When.Connected, Packet("A2", $"0001 {none} 0001 61"), "UNSUBSCRIBE", s_bad);
            yield return new("Table 2-1", version, When.Connected, "C0 00", "PINGREQ", s_bad);
            // Nothing left over after the last field, and nothing missing
            yield return new("2.2.2 Property length", version, When.PublishedQos1, "40 01 00", "half an identifier", s_bad);
            yield return new("2.2.2 Property length", version, When.PublishedQos1, "40 00", "no identifier", s_bad);
            yield return new("2.2.2 Property length", version, When.Connected, "D0 01 00", "PINGRESP with a body", s_bad);
            yield return new("2.2.2 Property length", version, When.Connected, "30 01 00", "half a topic length", s_bad);
            yield return new("2.2.2 Property length", version, When.Connected, "30 03 0009 61", "topic longer than the packet", s_bad);
            yield return new("2.2.2 Property length", version, When.Subscribed, "90 01 00", "half an identifier", s_bad);
        }
        yield return new("2.1.2 Reserved types", V311, When.Connected, "F0 00", "type 15", s_bad);
        yield return new("Table 2-1", V311, When.Connected, "E0 00", "DISCONNECT", s_bad);
        yield return new("2.2.2 Property length", V311, When.PublishedQos1, "40 03 {pid} 00", "one byte more", s_bad);
        yield return new("2.2.2 Property length", V311, When.InsteadOfConnack, "20 03 00 00 00", "one byte more", s_bad);
        yield return new("2.2.2 Property length", V311, When.Unsubscribed, "B0 03 {pid} 00", "one byte more", s_bad);
        yield return new("2.2.2 Property length", V5, When.PublishedQos1, "40 05 {pid} 00 00 00", "trailing byte", s_bad);
        yield return new("2.2.2 Property length", V5, When.PublishedQos1, "40 04 {pid} 00 01", "properties longer than the packet", s_bad);
        yield return new("2.2.2 Property length", V5, When.PublishedQos1, Packet("40", "{pid} 00 05 1F 0001 61"), "property length + 1", s_bad);
        yield return new("2.2.2 Property length", V5, When.PublishedQos1, Packet("40", "{pid} 00 03 1F 0001 61"), "property length - 1", s_bad);
        yield return new("2.2.2 Property length", V5, When.InsteadOfConnack, "20 04 00 00 00 00", "trailing byte", s_bad);
        yield return new("2.2.2 Property length", V5, When.InsteadOfConnack, "20 02 00 00", "no property length", s_bad);
        yield return new("2.2.2 Property length", V5, When.InsteadOfConnack, "20 06 00 00 04 21 00 02", "property length + 1", s_bad);
        yield return new("2.2.2 Property length", V5, When.InsteadOfConnack, "20 06 00 00 02 21 00 02", "property length - 1", s_bad);
        yield return new("2.2.2 Property length", V5, When.Connected, Packet("30", "0001 61 05 03 0001 61"), "property length + 1", s_bad);
        yield return new("2.2.2 Property length", V5, When.Connected, Packet("30", "0001 61 03 03 0001 61"), "property length - 1", s_bad);
        yield return new("2.2.2 Property length", V5, When.Connected, "E0 03 00 00 00", "DISCONNECT with a trailing byte", s_bad);
    }

    private static IEnumerable<MqttRow> Flags()
    {
        foreach (var version in s_both)
        {
            var none = version == V5 ? "00" : "";
            foreach (var bit in new[] { 1, 2, 4, 8 })
            {
                yield return Wrong(0x20, When.InsteadOfConnack, $"0000 {none}");
                yield return Wrong(0x40, When.PublishedQos1, "{pid}");
                yield return Wrong(0x50, When.PublishedQos2, "{pid}");
                yield return Wrong(0x62, When.Connected, "0005");
                yield return Wrong(0x70, When.Released, "{pid}");
                yield return Wrong(0x90, When.Subscribed, "{pid}" + none + "0000");
                yield return Wrong(0xB0, When.Unsubscribed, "{pid}" + none + (version == V5 ? "0000" : ""));
                yield return Wrong(0xD0, When.Connected, "");
                if (version == V5)
                {
                    yield return Wrong(0xE0, When.Connected, "");
                    yield return Wrong(0xF0, When.Connected, "");
                }

                MqttRow Wrong(int first, When when, string body)
                    => new(first == 0xF0 ? "MQTT-3.15.1-1" : first == 0xE0 ? "MQTT-3.14.1-1" : "MQTT-2.1.3-1", version, when, Packet((first ^ bit).ToString("X2", null), body), "wrong flag", s_bad);
            }
        }
    }
}
