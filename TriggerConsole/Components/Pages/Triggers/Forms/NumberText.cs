using System.Globalization;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>Numbers as they are typed. No thousands separators: elsewhere a comma is the decimal point.</summary>
internal static class NumberText
{
    public static int? Whole(string text) => int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static double? Any(string text)
        => double.TryParse(text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}
