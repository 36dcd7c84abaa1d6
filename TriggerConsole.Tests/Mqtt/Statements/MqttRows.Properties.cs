using static TriggerConsole.Core.Mqtt.Client.MqttVersion;

namespace TriggerConsole.Tests.Mqtt.Statements;

internal static partial class MqttRows
{
    private const string Once = "2.2.2.2 Properties";

    private static string[] ConnackProperties =>
    [
        "11 0000000A", "12 0001 61", "13 003C", "1A 0001 61", "1C 0001 61", "1F 0001 61", "21 0014", "22 0003", "24 01", "25 01", "27 00010000", "28 01", "29 01", "2A 01",
    ];

    private static string[] PublishProperties => ["01 01", "02 0000000A", "03 0001 61", "08 0001 61", "09 0001 61"];

    private static IEnumerable<MqttRow> Properties()
    {
        foreach (var property in ConnackProperties)
        {
            // A client that chose its own id gets none; ConnectTests has the other case
            if (!property.StartsWith("12", StringComparison.Ordinal)) yield return InConnack(property, "once");
            yield return InConnack(property + property, "twice", ProtocolError, Malformed);
            yield return InConnack(property[..^2], "cut short", s_bad);
            yield return InPublish(property, "in the wrong packet", s_bad);
            if (!property.StartsWith("1F", StringComparison.Ordinal)) yield return InPuback(property, "in the wrong packet", s_bad);
        }
        foreach (var property in PublishProperties)
        {
            yield return InPublish(property, "once");
            yield return InPublish(property + property, "twice", ProtocolError, Malformed);
            yield return InPublish(property[..^2], "cut short", s_bad);
            yield return InConnack(property, "in the wrong packet", s_bad);
            yield return InPuback(property, "in the wrong packet", s_bad);
        }
        foreach (var unknown in new[] { "00", "04 00", "2B 00", "7F 00", "FF 01 00", "80 01 01" })
        {
            yield return InConnack(unknown, "unknown", s_bad);
            yield return InPublish(unknown, "unknown", s_bad);
            yield return InPuback(unknown, "unknown", s_bad);
        }
        const string user = "26 0001 61 0001 62";
        yield return InConnack(user + user, "may repeat");
        yield return InPublish(user + user, "may repeat");
        yield return InPuback(user + user, "may repeat");
        yield return InPuback("1F 0001 61", "once");
        yield return InPuback("1F 0001 61 1F 0001 61", "twice", ProtocolError, Malformed);
        yield return InPublish("0B 01", "once");
        yield return InPublish("0B 01 0B 02", "may repeat");
        yield return InPublish("0B", "cut short", s_bad);
        yield return InPublish("23", "cut short", s_bad);
        yield return InPublish("23 00", "cut short", s_bad);
        yield return InConnack("23 0001", "in the wrong packet", s_bad);
        yield return InConnack("0B 01", "in the wrong packet", s_bad);
        yield return InPublish("15 0001 61", "in the wrong packet", s_bad);

        static MqttRow InConnack(string properties, string note, params byte[] codes) => new(Once, V5, When.InsteadOfConnack, MqttRow.Connack(V5, properties), note, codes);
        static MqttRow InPublish(string properties, string note, params byte[] codes) => new(Once, V5, When.Connected, MqttRow.Publish(V5, "61", properties), note, codes);
        static MqttRow InPuback(string properties, string note, params byte[] codes)
            => new(Once, V5, When.PublishedQos1, MqttRow.Packet("40", "{pid} 00" + MqttRow.Properties(properties)), note, codes);
    }
}
