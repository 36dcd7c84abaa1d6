using System.Text.Json;
using System.Text.Unicode;
using System.Xml;
using TriggerConsole.Core.Events;

namespace TriggerConsole.Core.Brokers;

/// <summary>Whether bytes are what their format says: for payloads that no template has made.</summary>
internal static class MessageFormats
{
    public const string NotJson = "payload_not_json";
    public const string NotXml = "payload_not_xml";
    public const string NotText = "payload_not_text";

    private static readonly JsonReaderOptions s_json = new() { MaxDepth = JsonParsing.MaxDepth };

    private static readonly XmlReaderSettings s_xml = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>Null when they are; else what is wrong, to go on after "it is": "no JSON (line 1, byte 3)".</summary>
    public static string? WhyNot(MessageFormat format, byte[] payload) => format switch
    {
        MessageFormat.Json => WhyNotJson(payload),
        MessageFormat.Xml => WhyNotXml(payload),
        _ => Utf8.IsValid(payload) ? null : "no text in UTF-8",
    };

    /// <summary>The code of an attempt whose payload is not of the format.</summary>
    public static string CodeOf(MessageFormat format) => format switch
    {
        MessageFormat.Xml => NotXml,
        MessageFormat.Text => NotText,
        _ => NotJson,
    };

    private static string? WhyNotJson(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return "no JSON: it is empty";
        if (!Utf8.IsValid(payload)) return "no JSON: it is not in UTF-8";
        try
        {
            var reader = new Utf8JsonReader(payload, s_json);
            while (reader.Read())
            {
                // Reading is the check
            }
            return null;
        }
        catch (JsonException exception)
        {
            return $"no valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})";
        }
    }

    private static string? WhyNotXml(byte[] payload)
    {
        if (payload.Length == 0) return "no XML: it is empty";
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(payload, writable: false), s_xml);
            while (reader.Read())
            {
                // Reading is the check
            }
            return null;
        }
        catch (XmlException exception)
        {
            return $"no well-formed XML without DTD (line {exception.LineNumber}, column {exception.LinePosition})";
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return "no XML that can be read: its encoding is unknown";
        }
    }
}
