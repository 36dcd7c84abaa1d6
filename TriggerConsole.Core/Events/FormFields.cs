using System.Buffers;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TriggerConsole.Core.Events;

/// <summary>Reads <c>application/x-www-form-urlencoded</c>: forms and queries (WHATWG URL, section 5.1).</summary>
internal static class FormFields
{
    /// <summary>More fields than any form has; past it the text is no form for us.</summary>
    public const int MaxFields = 10_000;

    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Names and values in order, decoded; null when there are more than <see cref="MaxFields"/>.</summary>
    public static List<KeyValuePair<string, string>>? Read(ReadOnlySpan<char> text)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            if (pair.IsEmpty) continue;
            if (fields.Count == MaxFields) return null;
            var equals = pair.IndexOf('=');
            fields.Add(equals < 0
                ? new(WebUtility.UrlDecode(pair.ToString()), "")
                : new(WebUtility.UrlDecode(pair[..equals].ToString()), WebUtility.UrlDecode(pair[(equals + 1)..].ToString())));
        }
        return fields;
    }

    /// <summary>As a JSON object: a name that comes once is a string, one that comes again an array of strings.</summary>
    public static JsonElement ToJson(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, s_plain))
        {
            writer.WriteStartObject();
            foreach (var group in fields.GroupBy(f => f.Key, f => f.Value, StringComparer.Ordinal))
            {
                var values = group.ToList();
                writer.WritePropertyName(group.Key);
                if (values.Count > 1) writer.WriteStartArray();
                foreach (var value in values) writer.WriteStringValue(value);
                if (values.Count > 1) writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        return JsonParsing.TryParse(output.WrittenMemory);
    }
}
