using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TriggerConsole.Core.Events;

/// <summary>Reads JSON that strangers sent: strict, bounded, and without throwing.</summary>
internal static class JsonParsing
{
    /// <summary>Values nested deeper than this are no JSON for us.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = MaxDepth };

    /// <summary>The value; undefined when <paramref name="utf8"/> is anything but one JSON value in valid UTF-8.</summary>
    public static JsonElement TryParse(ReadOnlyMemory<byte> utf8)
    {
        // System.Text.Json does not look at the UTF-8 inside strings until they are read, and throws then
        if (!Utf8.IsValid(utf8.Span)) return default;
        try
        {
            // Not disposed: it lives as long as the event, and the collector takes its memory
            return JsonDocument.Parse(utf8, s_strict).RootElement;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>The property of that name, the last one if there are several; undefined when there is none or the value is no object.</summary>
    public static JsonElement Find(JsonElement value, ReadOnlySpan<byte> utf8Name)
    {
        if (value.ValueKind != JsonValueKind.Object) return default;
        try
        {
            return value.TryGetProperty(utf8Name, out var found) ? found : default;
        }
        catch (InvalidOperationException)
        {
            // A sibling's name holds a lone surrogate ("\ud800"), which System.Text.Json cannot compare
            return FindByText(value, Encoding.UTF8.GetString(utf8Name));
        }
    }

    private static JsonElement FindByText(JsonElement value, string name)
    {
        JsonElement found = default;
        foreach (var property in value.EnumerateObject())
            if (JsonText.Unescape(JsonMarshal.GetRawUtf8PropertyName(property)) == name) found = property.Value;
        return found;
    }
}
