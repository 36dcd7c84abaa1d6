using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace TriggerConsole.Core.Events;

/// <summary>
/// The text of JSON values as UTF-8 (RFC 8259), without strings in between. Never throws for a lone surrogate
/// (<c>"\ud800"</c>), on which System.Text.Json throws: it becomes U+FFFD.
/// </summary>
internal static class JsonText
{
    /// <summary>The most bytes that one escaped byte of UTF-8 can take: <c>\u001f</c>.</summary>
    public const int MaxExpansion = 6;

    private static readonly SearchValues<byte> s_mustEscape = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);
    private static readonly SearchValues<byte> s_quoteOrEscape = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> s_whitespace = SearchValues.Create(" \t\r\n"u8);

    /// <summary>Where the first byte stands that may not stand in a JSON string as it is; -1 when there is none.</summary>
    public static int IndexOfEscaped(ReadOnlySpan<byte> utf8) => utf8.IndexOfAny(s_mustEscape);

    /// <summary>Escapes text for the inside of a JSON string: only what RFC 8259, section 7 demands.</summary>
    /// <param name="utf8">Well-formed UTF-8.</param>
    /// <param name="destination">At least <see cref="MaxExpansion"/> times as long.</param>
    /// <returns>The bytes written.</returns>
    public static int Escape(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        var written = 0;
        int at;
        while ((at = utf8.IndexOfAny(s_mustEscape)) >= 0)
        {
            utf8[..at].CopyTo(destination[written..]);
            written += at + WriteEscape(utf8[at], destination[(written + at)..]);
            utf8 = utf8[(at + 1)..];
        }
        utf8.CopyTo(destination[written..]);
        return written + utf8.Length;
    }

    /// <summary>Writes a JSON string, quotes and all. A lone surrogate becomes U+FFFD.</summary>
    /// <param name="destination">At least <see cref="MaxExpansion"/> times as long, and two.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteString(ReadOnlySpan<char> text, Span<byte> destination)
    {
        destination[0] = (byte)'"';
        Utf8.FromUtf16(text, destination[1..], out _, out var length);
        if (IndexOfEscaped(destination.Slice(1, length)) >= 0)
        {
            var plain = ArrayPool<byte>.Shared.Rent(length);
            destination.Slice(1, length).CopyTo(plain);
            length = Escape(plain.AsSpan(0, length), destination[1..]);
            ArrayPool<byte>.Shared.Return(plain);
        }
        destination[length + 1] = (byte)'"';
        return length + 2;
    }

    /// <summary>Takes the escapes out of the inside of a valid JSON string.</summary>
    /// <param name="destination">At least as long as <paramref name="escaped"/>.</param>
    /// <returns>The bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> destination)
    {
        var written = 0;
        int at;
        while ((at = escaped.IndexOf((byte)'\\')) >= 0)
        {
            escaped[..at].CopyTo(destination[written..]);
            written += at;
            escaped = escaped[at..];
            if (escaped[1] == 'u')
            {
                written += ReadRune(escaped, out var consumed).EncodeToUtf8(destination[written..]);
                escaped = escaped[consumed..];
            }
            else
            {
                destination[written++] = escaped[1] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var same => same,
                };
                escaped = escaped[2..];
            }
        }
        escaped.CopyTo(destination[written..]);
        return written + escaped.Length;
    }

    /// <summary>The same, as a string.</summary>
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\')) return Encoding.UTF8.GetString(escaped);
        var plain = ArrayPool<byte>.Shared.Rent(escaped.Length);
        var text = Encoding.UTF8.GetString(plain.AsSpan(0, Unescape(escaped, plain)));
        ArrayPool<byte>.Shared.Return(plain);
        return text;
    }

    /// <summary>Whether a JSON value may hold white space between its tokens; white space inside its strings counts too.</summary>
    public static bool MayHaveWhitespace(ReadOnlySpan<byte> json) => json.IndexOfAny(s_whitespace) >= 0;

    /// <summary>Leaves out the white space between the tokens of a valid JSON value.</summary>
    /// <param name="destination">At least as long as <paramref name="json"/>.</param>
    /// <returns>The bytes written.</returns>
    public static int Compact(ReadOnlySpan<byte> json, Span<byte> destination)
    {
        var written = 0;
        for (var i = 0; i < json.Length; i++)
        {
            var b = json[i];
            if (b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            if (b != '"')
            {
                destination[written++] = b;
                continue;
            }
            var length = LengthOfString(json[i..]);
            json.Slice(i, length).CopyTo(destination[written..]);
            written += length;
            i += length - 1;
        }
        return written;
    }

    /// <summary>How a JSON value reads as text: a string as it is, null as null, all else as compact JSON.</summary>
    public static string? TextOf(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return null;
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (value.ValueKind == JsonValueKind.String) return Unescape(raw[1..^1]);
        if (!MayHaveWhitespace(raw)) return Encoding.UTF8.GetString(raw);
        var compact = new byte[raw.Length];
        return Encoding.UTF8.GetString(compact.AsSpan(0, Compact(raw, compact)));
    }

    private static int LengthOfString(ReadOnlySpan<byte> json)
    {
        var at = 1;
        while (true)
        {
            at += json[at..].IndexOfAny(s_quoteOrEscape);
            if (json[at] == '"') return at + 1;
            at += 2;
        }
    }

    private static int WriteEscape(byte b, Span<byte> destination)
    {
        var letter = b switch
        {
            (byte)'"' or (byte)'\\' => b,
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)'u',
        };
        destination[0] = (byte)'\\';
        destination[1] = letter;
        if (letter != 'u') return 2;
        "00"u8.CopyTo(destination[2..]);
        destination[4] = (byte)('0' + (b >> 4));
        destination[5] = (byte)((b & 15) < 10 ? '0' + (b & 15) : 'a' + (b & 15) - 10);
        return 6;
    }

    private static Rune ReadRune(ReadOnlySpan<byte> escaped, out int consumed)
    {
        var first = ReadUnit(escaped);
        consumed = 6;
        if (!char.IsSurrogate(first)) return new Rune(first);
        if (escaped.Length >= 12 && escaped[6] == '\\' && escaped[7] == 'u' && Rune.TryCreate(first, ReadUnit(escaped[6..]), out var rune))
        {
            consumed = 12;
            return rune;
        }
        return Rune.ReplacementChar;
    }

    private static char ReadUnit(ReadOnlySpan<byte> escape)
    {
        var unit = 0;
        for (var i = 2; i < 6; i++)
            unit = unit << 4 | (escape[i] <= '9' ? escape[i] - '0' : (escape[i] | 0x20) - 'a' + 10);
        return (char)unit;
    }
}
