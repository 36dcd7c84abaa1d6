using System.Text;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>Literal text in addresses and forms.</summary>
internal static class Literals
{
    public const string BarePercent = "% begins an escape such as %20. For a percent sign write %25.";

    public static bool IsPercentTriplet(string source, int at, int end)
        => at + 2 < end && char.IsAsciiHexDigit(source[at + 1]) && char.IsAsciiHexDigit(source[at + 2]);

    /// <summary>Adds one character: as it is when it is visible ASCII, else percent-encoded.</summary>
    /// <returns>How many UTF-16 units it had.</returns>
    public static int AddEncoded(TemplateBuilder builder, ReadOnlySpan<char> text)
    {
        if (text[0] is not (> ' ' and < '\x7F')) return AddPercent(builder, text);
        builder.Literal(text[..1]);
        return 1;
    }

    /// <summary>Adds the bytes of one character's UTF-8, percent-encoded.</summary>
    /// <returns>How many UTF-16 units it had.</returns>
    public static int AddPercent(TemplateBuilder builder, ReadOnlySpan<char> text)
    {
        // Fails for a lone surrogate alone, and gives U+FFFD for it
        Rune.DecodeFromUtf16(text, out var rune, out var units);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) builder.Literal($"%{b:X2}");
        return units;
    }
}
