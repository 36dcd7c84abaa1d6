using System.Globalization;
using System.Text;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>Text and attribute values of XML as a parser gives them, for the placeholders in them.</summary>
internal static class XmlEntities
{
    private const int LongestReference = 16;

    /// <summary>Decodes the predefined and the numeric references (XML 1.0, section 4.1); unknown ones stay, for the reader reports them.</summary>
    public static TemplateText Decode(string source, int start, int end)
    {
        if (!source.AsSpan(start, end - start).Contains('&')) return new(source);
        var text = new StringBuilder();
        var offsets = new List<int>();
        for (var at = start; at < end;)
        {
            var length = source[at] == '&' ? source.AsSpan(at, Math.Min(end - at, LongestReference)).IndexOf(';') + 1 : 0;
            var decoded = length > 0 ? Decode(source.AsSpan(at + 1, length - 2)) : null;
            if (decoded is null) (decoded, length) = (source.Substring(at, 1), 1);
            text.Append(decoded);
            foreach (var _ in decoded) offsets.Add(at);
            at += length;
        }
        offsets.Add(end);
        return new(text.ToString(), [.. offsets]);
    }

    private static string? Decode(ReadOnlySpan<char> name) => name switch
    {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        ['#', 'x', .. var hex] => int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code) ? char.ConvertFromUtf32(code) : null,
        ['#', .. var digits] => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code) ? char.ConvertFromUtf32(code) : null,
        _ => null,
    };
}
