using System.Xml;
using System.Xml.Linq;
using TriggerConsole.Core.Events;

namespace TriggerConsole.Components.Controls.Records;

/// <summary>A recorded body as it can be read: as it is, and arranged for people when its kind is known.</summary>
internal sealed class BodyText
{
    private BodyText(string kind, string raw, IReadOnlyList<TextRun>? pretty) => (Kind, Raw, Pretty) = (kind, raw, pretty);

    /// <summary>One word: JSON, XML, form, text, binary.</summary>
    public string Kind { get; }

    public string Raw { get; }

    /// <summary>Null when there is no better arrangement than <see cref="Raw"/>.</summary>
    public IReadOnlyList<TextRun>? Pretty { get; }

    public bool IsBinary => Kind == "binary";

    /// <param name="body">Text, or base64 of bytes that are none.</param>
    /// <param name="isTruncated">Only its beginning is there.</param>
    public static BodyText Of(string body, bool isBase64, bool isTruncated, string? contentType)
    {
        if (isBase64) return new("binary", TryDump(body) ?? body, null);
        var media = MediaKinds.Of(contentType);
        if (media is MediaKind.Json or MediaKind.Unnamed or MediaKind.Other or MediaKind.Form && JsonIndent.Fits(body) && IsJson(body, isTruncated, media))
            return new("JSON", body, JsonIndent.Runs(body));
        if (media is MediaKind.Xml or MediaKind.Unnamed && !isTruncated && TryIndentXml(body) is { } xml) return new("XML", body, [new(xml, false)]);
        if (media == MediaKind.Form && FormFields.Read(body) is { Count: > 0 } fields)
            return new("form", body, [.. fields.SelectMany<KeyValuePair<string, string>, TextRun>((f, i) => [new($"{(i == 0 ? "" : "\n")}{f.Key}", true), new($" = {f.Value}", false)])]);
        return new(media switch { MediaKind.Json => "JSON", MediaKind.Xml => "XML", MediaKind.Form => "form", _ => "text" }, body, null);
    }

    // What was cut off cannot be read to its end; then the content type is believed
    private static bool IsJson(string body, bool isTruncated, MediaKind media)
    {
        if (isTruncated) return media == MediaKind.Json;
        return JsonParsing.TryParse(System.Text.Encoding.UTF8.GetBytes(body)).ValueKind != System.Text.Json.JsonValueKind.Undefined;
    }

    private static string? TryDump(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? HexDump.Of(bytes.AsSpan(0, length)) : null;
    }

    private static string? TryIndentXml(string xml)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var document = XDocument.Load(reader);
            return document.Declaration is { } declaration ? $"{declaration}\n{document}" : document.ToString();
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
