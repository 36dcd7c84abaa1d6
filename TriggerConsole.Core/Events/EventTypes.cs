using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TriggerConsole.Core.Events;

/// <summary>Finds what happened, as the sender names it: <see cref="StoredEvent.EventType"/>.</summary>
public static class EventTypes
{
    /// <summary>How far into a payload is looked: the type of a larger event stands at its beginning or in a header.</summary>
    public const int MaxInspectedBytes = 64 * 1024;

    private static readonly string[] s_headers = ["ce-type", "X-Event-Type", "X-GitHub-Event"];

    /// <summary>
    /// From <c>ce-type</c>, <c>X-Event-Type</c> or <c>X-GitHub-Event</c>, else a top-level <c>type</c>, <c>event_type</c> or
    /// <c>event</c> of a JSON object, in this order; null when none names a type. At most
    /// <see cref="StoredEvent.MaxEventTypeLength"/> characters of it, control characters made spaces. Never throws.
    /// </summary>
    public static string? Detect(IReadOnlyList<KeyValuePair<string, string>> headers, string? contentType, ReadOnlySpan<byte> body)
        => FromHeaders(headers) ?? FromPayload(contentType, body);

    private static string? FromHeaders(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        foreach (var wanted in s_headers)
            for (var i = 0; i < headers.Count; i++)
                if (headers[i].Key.Equals(wanted, StringComparison.OrdinalIgnoreCase) && Clean(headers[i].Value) is { } type)
                    return type;
        return null;
    }

    private static string? FromPayload(string? contentType, ReadOnlySpan<byte> body)
    {
        if (body.StartsWith(Encoding.UTF8.Preamble)) body = body[Encoding.UTF8.Preamble.Length..];
        body = body.TrimStart(" \t\r\n"u8);
        if (!body.StartsWith("{"u8) || MediaKinds.Of(contentType) == MediaKind.Xml) return null;

        var whole = body.Length <= MaxInspectedBytes;
        var reader = new Utf8JsonReader(whole ? body : body[..MaxInspectedBytes], whole, new JsonReaderState(new() { MaxDepth = JsonParsing.MaxDepth }));
        string? second = null, third = null;
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var rank = RankOf(reader.ValueSpan);
                if (!reader.Read()) break;
                if (rank >= 0 && reader.TokenType == JsonTokenType.String && Utf8.IsValid(reader.ValueSpan) && Clean(JsonText.Unescape(reader.ValueSpan)) is { } type)
                {
                    if (rank == 0) return type;
                    if (rank == 1) second ??= type;
                    else third ??= type;
                }
                else if (!reader.TrySkip()) break;
            }
        }
        catch (JsonException)
        {
            // Broken further on: what stood before is still the best name there is
        }
        return second ?? third;
    }

    // Names written with escapes ("\u0074ype") are not looked for
    private static int RankOf(ReadOnlySpan<byte> name)
        => name.SequenceEqual("type"u8) ? 0 : name.SequenceEqual("event_type"u8) ? 1 : name.SequenceEqual("event"u8) ? 2 : -1;

    private static string? Clean(string value)
    {
        var text = value.AsSpan().Trim();
        if (text.IsEmpty) return null;
        if (text.Length > StoredEvent.MaxEventTypeLength)
            text = text[..(char.IsHighSurrogate(text[StoredEvent.MaxEventTypeLength - 1]) ? StoredEvent.MaxEventTypeLength - 1 : StoredEvent.MaxEventTypeLength)];
        // PostgreSQL refuses NUL in text, and lists show one line
        var cleaned = string.Create(text.Length, text, (line, source) =>
        {
            for (var i = 0; i < source.Length; i++) line[i] = char.IsControl(source[i]) ? ' ' : source[i];
        }).Trim();
        return cleaned.Length == 0 ? null : cleaned;
    }
}
