using System.Globalization;

namespace TriggerConsole.Core.Validation;

/// <summary>
/// Names stand in lines: of logs, lists, records, exports. What breaks a line, moves a cursor or turns the direction of reading round
/// would let one name look like several lines, or like another name.
/// </summary>
internal static class OneLine
{
    private const string Fault = "Leave out line breaks, control characters and marks of reading direction.";

    public static bool Is(string text)
    {
        foreach (var c in text)
            if (char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069') return false;
        return true;
    }

    /// <summary>Notes a fault when the name is none that fits into a line.</summary>
    public static void Check(string name, FieldErrors errors, string field = "name")
    {
        if (!Is(name)) errors.Add(field, Fault);
    }

    /// <summary>The same as a refusal; null when it is in order.</summary>
    public static Refusal? Refuse(string name) => Is(name) ? null : new Refusal.Invalid("name", Fault);
}
