using System.Text;
using Xunit.Sdk;

namespace TriggerConsole.Tests.Templates;

/// <summary>Random values made to break out of whatever they are put into. The same on every run; a failure names its seed.</summary>
internal static class Hostile
{
    private const int BaseSeed = 20260131;

    private static readonly string[] s_fragments =
    [
        "\"", "'", "\\", "`", "{", "}", "{{", "}}", "[", "]", "\"}],{", "\",\"x\":\"", "{secret:TOKEN}", "{payload.v}", "${x}",
        "\r", "\n", "\r\n", "\r\nX-Injected: 1", "\0", "\u0001", "\u001B", "\t", "\u007F", "\u0085", "\u009F", "\u00A0", "\u2028", "\u2029", "\uFEFF", "\uFFFE", "\uFFFF", "\uFDD0",
        "<", ">", "&", "&amp;", "&#x0;", "]]>", "]]", "]", "<![CDATA[", "-->", "<!--", "?>", "</a>", "<!DOCTYPE a>", "\" onload=\"", "' x='",
        "/", "//", "\\..\\", ".", "..", "../", "/../", "%2e", "%2E%2E", "%2f", "%", "%00", "?", "#", "&x=1", "=", ";", ":", "@", "@evil.example", ":99", "+", " ", "*", "~",
        "http://evil.example/", "é", "ß", "漢", "😀", "👨‍👩‍👧", "\u0301", "\u202E", "．．", "／", "a", "Z", "0", "-", "_", "null", "true", "1e999",
    ];

    /// <summary>Runs a property many times, each with a seed of its own.</summary>
    public static void Repeat(int times, Action<Random> property)
    {
        for (var i = 0; i < times; i++)
        {
            var seed = BaseSeed + i;
            try
            {
                property(new Random(seed));
            }
            catch (Exception exception)
            {
                throw new XunitException($"Seed {seed}: {exception.Message}", exception);
            }
        }
    }

    /// <summary>Text of UTF-16 units, lone surrogates among them.</summary>
    public static string Text(Random random)
    {
        var text = new StringBuilder();
        var length = random.Next(50) == 0 ? random.Next(2000, 20_000) : random.Next(0, 8);
        for (var i = 0; i < length; i++)
        {
            text.Append(random.Next(12) switch
            {
                0 => ((char)random.Next(0x10000)).ToString(),
                1 => ((char)random.Next(0x80)).ToString(),
                2 => ((char)random.Next(0xD800, 0xE000)).ToString(),
                _ => s_fragments[random.Next(s_fragments.Length)],
            });
        }
        return text.ToString();
    }

    /// <summary>A JSON string that says the text, its characters escaped or not at random; lone surrogates always are.</summary>
    public static string ToJson(string text, Random random)
    {
        var json = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var isPair = i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]);
            if (isPair && random.Next(2) == 0) json.Append(c).Append(text[++i]);
            else if (char.IsSurrogate(c) || c < ' ' && random.Next(2) == 0 || random.Next(10) == 0) json.Append(random.Next(2) == 0 ? $"\\u{(int)c:x4}" : $"\\u{(int)c:X4}");
            else if (c is '"' or '\\') json.Append('\\').Append(c);
            else if (c < ' ') json.Append(c switch { '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", '\b' => "\\b", '\f' => "\\f", _ => $"\\u{(int)c:x4}" });
            else json.Append(c == '/' && random.Next(2) == 0 ? "\\/" : c.ToString());
        }
        return json.Append('"').ToString();
    }

    /// <summary>The same text with U+FFFD for each lone surrogate: what UTF-8 can say of it.</summary>
    public static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
