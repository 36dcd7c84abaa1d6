using System.Buffers;
using System.Globalization;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>Sizes as people type and read them: <c>512 KB</c>, <c>1 MB</c>. A number alone means bytes.</summary>
internal static class SizeText
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    /// <summary>Exactly what <see cref="TryParse"/> reads back.</summary>
    public static string Of(int bytes) => bytes switch
    {
        > 0 when bytes % (1024 * 1024) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024 / 1024} MB"),
        > 0 when bytes % 1024 == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };

    /// <summary>Null when the text is no size.</summary>
    public static int? TryParse(string text)
    {
        var rest = text.AsSpan().Trim();
        var digits = rest.IndexOfAnyExcept(s_digits);
        if (!double.TryParse(digits < 0 ? rest : rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
        var factor = (digits < 0 ? [] : rest[digits..].Trim()).ToString().ToUpperInvariant() switch
        {
            "" or "B" or "BYTE" or "BYTES" => 1,
            "K" or "KB" or "KIB" => 1024,
            "M" or "MB" or "MIB" => 1024 * 1024,
            _ => 0,
        };
        var bytes = Math.Round(number * factor);
        return factor == 0 || bytes > int.MaxValue ? null : (int)bytes;
    }
}
