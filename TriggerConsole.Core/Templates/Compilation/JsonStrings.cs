using System.Globalization;
using System.Text;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>Strings and numbers of a JSON template, read strictly.</summary>
internal static class JsonStrings
{
    private const string NotClosed = "This text is not closed on its line. Close it with \"; a line break inside is written \\n.";

    /// <summary>Reads a string and reports what is wrong in it.</summary>
    /// <param name="start">Where its opening quote is.</param>
    /// <param name="next">Where to read on.</param>
    /// <returns>
    /// What it says, with the place of each character; without <see cref="TemplateText.Offsets"/> it is the source itself
    /// between the quotes. Null when it is never closed.
    /// </returns>
    public static TemplateText? Read(TemplateBuilder builder, int start, out int next)
    {
        var source = builder.Source;
        StringBuilder? text = null;
        List<int>? offsets = null;
        var at = start + 1;
        while (at < source.Length && source[at] is not ('"' or '\r' or '\n'))
        {
            var (c, length) = (source[at], 1);
            if (c == '\\')
            {
                if (text is null)
                {
                    text = new(source, start + 1, at - start - 1, Math.Max(16, at - start));
                    offsets = [.. Enumerable.Range(start + 1, at - start - 1)];
                }
                (c, length) = ReadEscape(builder, at);
            }
            else if (c < ' ')
            {
                builder.Fault(at, $"The control character {Describe(c)} is written \\u{(int)c:x4} in JSON{(c == '\t' ? ", or \\t" : "")}.");
            }
            text?.Append(c);
            offsets?.Add(at);
            at += length;
        }
        next = at;
        if (at >= source.Length || source[at] != '"')
        {
            builder.Fault(start, NotClosed);
            return null;
        }
        next++;
        offsets?.Add(at);
        if (text is null) return new(source);
        CheckSurrogates(builder, text, offsets!);
        return new(text.ToString(), [.. offsets!]);
    }

    /// <summary>RFC 8259, section 6.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text)
    {
        if (text is ['-', .. var positive]) text = positive;
        var whole = Digits(text);
        if (whole == 0 || whole > 1 && text[0] == '0') return false;
        text = text[whole..];
        if (text is ['.', .. var decimals])
        {
            if (Digits(decimals) == 0) return false;
            text = decimals[Digits(decimals)..];
        }
        if (text is ['e' or 'E', .. var power])
        {
            if (power is ['+' or '-', .. var unsigned]) power = unsigned;
            if (Digits(power) == 0) return false;
            text = power[Digits(power)..];
        }
        return text.IsEmpty;
    }

    public static string Describe(char c) => char.IsControl(c) || char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Surrogate ? $"U+{(int)c:X4}" : $"“{c}”";

    private static (char Character, int Length) ReadEscape(TemplateBuilder builder, int at)
    {
        var source = builder.Source;
        var kind = at + 1 < source.Length ? source[at + 1] : '\0';
        switch (kind)
        {
            case '"' or '\\' or '/': return (kind, 2);
            case 'b': return ('\b', 2);
            case 'f': return ('\f', 2);
            case 'n': return ('\n', 2);
            case 'r': return ('\r', 2);
            case 't': return ('\t', 2);
            case 'u' when at + 6 <= source.Length && ushort.TryParse(source.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                return ((char)code, 6);
            case 'u':
                builder.Fault(at, "After \\u come four hexadecimal digits, as in \\u00e9.");
                return ('u', 2);
            default:
                builder.Fault(at, $"A backslash is written \\\\ in JSON. After one come only \" \\ / b f n r t or u.");
                return ('\\', 1);
        }
    }

    private static void CheckSurrogates(TemplateBuilder builder, StringBuilder text, List<int> offsets)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else builder.Fault(offsets[i], "This is half a character: \\ud800 to \\udfff come in pairs only.");
        }
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExceptInRange('0', '9');
        return length < 0 ? text.Length : length;
    }
}
