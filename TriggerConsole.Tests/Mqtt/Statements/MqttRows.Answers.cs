using static TriggerConsole.Core.Mqtt.Client.MqttVersion;
using static TriggerConsole.Tests.Mqtt.Statements.MqttRow;

namespace TriggerConsole.Tests.Mqtt.Statements;

internal static partial class MqttRows
{
    private static IEnumerable<MqttRow> Connack()
    {
        foreach (var version in s_both)
        {
            var connack = MqttRow.Connack(version);
            foreach (var first in new[] { MqttRow.Publish(version, "61"), "D0 00", "E0 00", "40 02 0001", "90 03 0001 00" })
                yield return new("MQTT-3.2.0-1", version, When.InsteadOfConnack, first, "first packet", s_bad);
            yield return new("MQTT-3.2.0-2", version, When.InsteadOfConnack, connack + connack, "two in one segment", s_bad);
            yield return new("MQTT-3.2.0-2", version, When.Connected, connack, "one later", s_bad);
            yield return new("MQTT-3.2.2-1", version, When.InsteadOfConnack, MqttRow.Connack(version, flags: "02"), "flags", s_bad);
            yield return new("MQTT-3.2.2-1", version, When.InsteadOfConnack, MqttRow.Connack(version, flags: "FE"), "flags", s_bad);
        }
        yield return new("MQTT-3.2.2-4", V5, When.InsteadOfConnack, MqttRow.Connack(V5, flags: "01"), "session present after a clean start", s_bad);
        foreach (var code in new[] { "06", "80", "FF" }) yield return new("MQTT-3.2.2-8", V311, When.InsteadOfConnack, MqttRow.Connack(V311, code: code), "undefined code", s_bad);
        foreach (var code in new[] { "01", "10", "42", "FF" }) yield return new("MQTT-3.2.2-8", V5, When.InsteadOfConnack, MqttRow.Connack(V5, code: code), "undefined code", s_bad);
        yield return new("MQTT-3.2.2-9", V5, When.InsteadOfConnack, MqttRow.Connack(V5, "24 02"), "Maximum QoS 2", s_bad);
        yield return new("MQTT-3.2.2-14", V5, When.InsteadOfConnack, MqttRow.Connack(V5, "25 02"), "Retain Available 2", s_bad);
        yield return new("MQTT-3.2.2-15", V5, When.InsteadOfConnack, MqttRow.Connack(V5, "27 00000000"), "Maximum Packet Size 0", s_bad);
        yield return new("3.2.2.3.3 Receive Maximum", V5, When.InsteadOfConnack, MqttRow.Connack(V5, "21 0000"), "Receive Maximum 0", s_bad);
        foreach (var property in new[] { "28", "29", "2A" })
            yield return new("3.2.2.3.11 Availability", V5, When.InsteadOfConnack, MqttRow.Connack(V5, property + "02"), "value 2", s_bad);
    }

    private static IEnumerable<MqttRow> Publish()
    {
        foreach (var version in s_both)
        {
            var none = version == V5 ? "00" : "";
            foreach (var first in new[] { "36", "3E", "37" })
                yield return new("MQTT-3.3.1-4", version, When.Connected, Packet(first, $"0001 61 0007 {none} 78"), "QoS 3", s_bad);
            foreach (var first in new[] { "32", "34", "3A" })
            {
                yield return new("MQTT-2.2.1-4", version, When.Connected, Packet(first, $"0001 61 0000 {none} 78"), "identifier 0", s_bad);
                yield return new("MQTT-2.2.1-4", version, When.Connected, Packet(first, "0001 61"), "no identifier", s_bad);
            }
            foreach (var topic in new[] { "23", "2B", "61 2F 2B", "61 2F 23", "61 2B 62" })
                yield return new("MQTT-3.3.2-2", version, When.Connected, MqttRow.Publish(version, topic), "wildcard", [.. s_bad, TopicNameInvalid]);
            yield return new("MQTT-4.7.3-1", version, When.Connected, MqttRow.Publish(version, ""), "no topic", [.. s_bad, TopicNameInvalid]);
        }
        yield return new("3.3.2.3.2 Payload Format", V5, When.Connected, MqttRow.Publish(V5, "61", "01 02"), "value 2", s_bad);
        yield return new("3.3.2.3.2 Payload Format", V5, When.Connected, Packet("30", "0001 61 02 01 01 C0 AF"), "not the text it says", []);
        yield return new("3.3.2.3.8 Subscription Identifier", V5, When.Connected, MqttRow.Publish(V5, "61", "0B 00"), "value 0", s_bad);
        yield return new("3.3.2.3.8 Subscription Identifier", V5, When.Connected, MqttRow.Publish(V5, "61", "0B 01 0B FF FF FF 7F"), "several");
        yield return new("MQTT-3.3.2-14", V5, When.Connected, MqttRow.Publish(V5, "61", "08 0003 61 2F 2B"), "response topic with a wildcard", [.. s_bad, TopicNameInvalid]);
    }

    private static IEnumerable<MqttRow> Acknowledgements()
    {
        foreach (var code in new[] { "01", "92", "FF", "18" })
        {
            yield return new("MQTT-3.4.2-1", V5, When.PublishedQos1, Packet("40", "{pid}" + code), "not a code of PUBACK", s_bad);
            yield return new("MQTT-3.4.2-1", V5, When.PublishedQos2, Packet("50", "{pid}" + code), "not a code of PUBREC", s_bad);
        }
        foreach (var code in new[] { "01", "10", "80", "FF" })
        {
            yield return new("MQTT-3.4.2-1", V5, When.Released, Packet("70", "{pid}" + code), "not a code of PUBCOMP", s_bad);
            yield return new("MQTT-3.4.2-1", V5, When.Connected, Packet("62", "0005" + code), "not a code of PUBREL", s_bad);
        }
        foreach (var version in s_both)
        {
            foreach (var (when, first) in new[] { (When.PublishedQos1, "40"), (When.PublishedQos2, "50"), (When.Released, "70"), (When.Connected, "62") })
                yield return new("MQTT-2.2.1-5", version, when, $"{first} 02 0000", "identifier 0", s_bad);
            yield return new("4.3 Unknown identifiers", version, When.Connected, "40 02 4321", "PUBACK");
            yield return new("4.3 Unknown identifiers", version, When.Connected, "70 02 4321", "PUBCOMP");
            yield return new("4.3 Unknown identifiers", version, When.Connected, "50 02 4321", "PUBREC");
            yield return new("4.3 Unknown identifiers", version, When.Connected, "62 02 4321", "PUBREL");
        }
    }

    private static IEnumerable<MqttRow> Subscribe()
    {
        foreach (var version in s_both)
        {
            var none = version == V5 ? "00" : "";
            foreach (var codes in new[] { "", "00", "000000" })
                yield return new("MQTT-3.8.4-6", version, When.Subscribed, Packet("90", "{pid}" + none + codes), "wrong number of codes", s_bad);
            foreach (var code in new[] { "03", "7F", "FF" })
                yield return new("MQTT-3.9.3-2", version, When.Subscribed, Packet("90", "{pid}" + none + "00" + code), "undefined code", s_bad);
        }
        yield return new("MQTT-3.9.3-2", V311, When.Subscribed, Packet("90", "{pid} 00 87"), "a code of 5.0", s_bad);
        foreach (var codes in new[] { "", "00", "000000" })
            yield return new("MQTT-3.11.3-1", V5, When.Unsubscribed, Packet("B0", "{pid} 00" + codes), "wrong number of codes", s_bad);
        foreach (var code in new[] { "01", "10", "FF" })
            yield return new("MQTT-3.11.3-2", V5, When.Unsubscribed, Packet("B0", "{pid} 00 00" + code), "undefined code", s_bad);
    }

    private static IEnumerable<MqttRow> Errors()
    {
        yield return new("MQTT-4.12.0-6", V5, When.Connected, "F0 00", "AUTH without a method", ProtocolError, Malformed);
        yield return new("MQTT-4.12.0-6", V5, When.Connected, "F0 02 18 00", "AUTH without a method", ProtocolError, Malformed);
        yield return new("MQTT-4.12.0-6", V5, When.InsteadOfConnack, Packet("F0", "18 04 15 0001 61"), "AUTH without a method", ProtocolError, Malformed);
        yield return new("MQTT-4.12.0-7", V5, When.InsteadOfConnack, MqttRow.Connack(V5, "15 0001 61"), "a method that was not asked for", ProtocolError, Malformed);
        yield return new("MQTT-4.12.0-7", V5, When.InsteadOfConnack, MqttRow.Connack(V5, "16 0001 61"), "data that was not asked for", ProtocolError, Malformed);
        foreach (var code in new[] { "01", "80", "FF" })
            yield return new("MQTT-3.15.2-1", V5, When.Connected, Packet("F0", code + "00"), "undefined code of AUTH", ProtocolError, Malformed);
    }
}
