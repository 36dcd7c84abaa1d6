using System.Globalization;
using System.Text;

namespace TriggerConsole.Core.Amqp.Client;

/// <summary>Words of the other side, fit for a log and a page.</summary>
internal static class Words
{
    private const int Longest = 256;

    /// <summary>Control characters, line ends and halves of characters are shown as escapes, and long texts are cut.</summary>
    public static string Safe(string text, int longest = Longest)
    {
        var safe = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (safe.Length >= longest) return safe.Append('…').ToString();
            var isOdd = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            if (isOdd) safe.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            else safe.Append(rune);
        }
        return safe.ToString();
    }
}
