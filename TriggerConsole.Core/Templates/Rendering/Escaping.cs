using System.Buffers;
using TriggerConsole.Core.Events;

namespace TriggerConsole.Core.Templates.Rendering;

/// <summary>Writes text so that it is only text where it is put. All work on well-formed UTF-8, byte by byte.</summary>
internal static class Escaping
{
    private const int JsonChunk = 1024;

    private static readonly byte[] s_controls = [.. Enumerable.Range(0, 0x20).Select(b => (byte)b)];
    private static readonly byte[] s_letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8.ToArray();

    // 0xEF begins U+FFFE and U+FFFF, which XML forbids
    private static readonly SearchValues<byte> s_xmlText = SearchValues.Create([.. s_controls.Except("\t\n"u8.ToArray()), .. "&<>"u8, 0xEF]);
    private static readonly SearchValues<byte> s_xmlAttribute = SearchValues.Create([.. s_controls, .. "&<>\"'"u8, 0xEF]);
    private static readonly SearchValues<byte> s_xmlCData = SearchValues.Create([.. s_controls.Except("\t\n"u8.ToArray()), (byte)']', 0xEF]);

    /// <summary>RFC 3986, section 2.3.</summary>
    public static SearchValues<byte> Unreserved { get; } = SearchValues.Create([.. s_letters, .. "-._~"u8]);

    public static SearchValues<byte> UnreservedAndSlash { get; } = SearchValues.Create([.. s_letters, .. "-._~/"u8]);

    /// <summary>WHATWG URL, section 1.3: what a form leaves as it is.</summary>
    public static SearchValues<byte> FormSafe { get; } = SearchValues.Create([.. s_letters, .. "-._*"u8]);

    public static void JsonString(scoped ReadOnlySpan<byte> text, ref Utf8Output output)
    {
        while (JsonText.IndexOfEscaped(text) is >= 0 and var at)
        {
            output.Write(text[..at]);
            var chunk = text.Slice(at, Math.Min(JsonChunk, text.Length - at));
            output.Advance(JsonText.Escape(chunk, output.Take(JsonText.MaxExpansion * chunk.Length)));
            text = text[(at + chunk.Length)..];
        }
        output.Write(text);
    }

    public static void Percent(scoped ReadOnlySpan<byte> text, SearchValues<byte> safe, bool spaceAsPlus, ref Utf8Output output)
    {
        while (text.IndexOfAnyExcept(safe) is >= 0 and var at)
        {
            output.Write(text[..at]);
            var b = text[at];
            if (b == ' ' && spaceAsPlus)
            {
                output.Write((byte)'+');
            }
            else
            {
                var triplet = output.Take(3);
                (triplet[0], triplet[1], triplet[2]) = ((byte)'%', HexDigit(b >> 4), HexDigit(b & 15));
                output.Advance(3);
            }
            text = text[(at + 1)..];
        }
        output.Write(text);
    }

    public static void XmlText(scoped ReadOnlySpan<byte> text, ref Utf8Output output) => Xml(text, s_xmlText, ref output);

    public static void XmlAttribute(scoped ReadOnlySpan<byte> text, ref Utf8Output output) => Xml(text, s_xmlAttribute, ref output);

    /// <summary>
    /// Stays in the section, but leaves and enters it again after each <c>]</c>, so that no <c>]]&gt;</c> comes about; the
    /// compiler does the same after a literal one. A carriage return has no other way to survive a parser.
    /// </summary>
    public static void XmlCData(scoped ReadOnlySpan<byte> text, ref Utf8Output output)
    {
        while (text.IndexOfAny(s_xmlCData) is >= 0 and var at)
        {
            output.Write(text[..at]);
            var length = 1;
            switch (text[at])
            {
                case (byte)']':
                    output.Write("]"u8);
                    output.Write(CDataBreak);
                    break;
                case (byte)'\r':
                    output.Write("]]>&#13;<![CDATA["u8);
                    break;
                case 0xEF:
                    length = XmlBeyond(text[at..], ref output);
                    break;
                default:
                    output.Write("\uFFFD"u8);
                    break;
            }
            text = text[(at + length)..];
        }
        output.Write(text);
    }

    /// <summary>Leaves a CDATA section and begins a new one; to a parser it is nothing.</summary>
    public static ReadOnlySpan<byte> CDataBreak => "]]><![CDATA["u8;

    private static void Xml(scoped ReadOnlySpan<byte> text, SearchValues<byte> special, ref Utf8Output output)
    {
        while (text.IndexOfAny(special) is >= 0 and var at)
        {
            output.Write(text[..at]);
            var length = 1;
            switch (text[at])
            {
                case (byte)'&': output.Write("&amp;"u8); break;
                case (byte)'<': output.Write("&lt;"u8); break;
                case (byte)'>': output.Write("&gt;"u8); break;
                case (byte)'"': output.Write("&quot;"u8); break;
                case (byte)'\'': output.Write("&#39;"u8); break;
                // As they are, a parser would make them a line feed or a space
                case (byte)'\r': output.Write("&#13;"u8); break;
                case (byte)'\n': output.Write("&#10;"u8); break;
                case (byte)'\t': output.Write("&#9;"u8); break;
                case 0xEF: length = XmlBeyond(text[at..], ref output); break;
                default: output.Write("\uFFFD"u8); break;
            }
            text = text[(at + length)..];
        }
        output.Write(text);
    }

    private static int XmlBeyond(scoped ReadOnlySpan<byte> text, ref Utf8Output output)
    {
        output.Write(text.StartsWith("\uFFFE"u8) || text.StartsWith("\uFFFF"u8) ? "\uFFFD"u8 : text[..3]);
        return 3;
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);
}
