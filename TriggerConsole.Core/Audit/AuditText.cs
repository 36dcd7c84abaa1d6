using System.Text;

namespace TriggerConsole.Core.Audit;

/// <summary>Text from outside, made fit for every database: the same bytes come back that were sealed.</summary>
internal static class AuditText
{
    /// <summary>Without NUL and broken characters, cut to a length.</summary>
    public static string Clean(string text, int most)
    {
        if (text.Length > most) text = string.Concat(text.AsSpan(0, most - 1), "…");
        if (!NeedsRepair(text)) return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // gives U+FFFD for halves of pairs
            result.Append(rune.Value == 0 ? Rune.ReplacementChar.ToString() : rune.ToString());
        return result.ToString();
    }

    public static string? CleanOrNull(string? text, int most) => text is null ? null : Clean(text, most);

    private static bool NeedsRepair(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return true;
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return true;
            i++;
        }
        return false;
    }
}
