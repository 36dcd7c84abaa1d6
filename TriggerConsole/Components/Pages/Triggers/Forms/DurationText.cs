using System.Buffers;
using System.Globalization;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>Stretches of time as people type and read them: <c>2 s</c>, <c>5 min</c>, <c>1 h 30 min</c>. A number alone means seconds.</summary>
internal static class DurationText
{
    private const string Expected = "Write a time, for example 2 s, 5 min or 1 h 30 min.";

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Seconds)[] s_units = [("d", 86_400), ("h", 3600), ("min", 60)];

    /// <summary>Exactly what <see cref="TryParse"/> reads back.</summary>
    public static string Of(double seconds)
    {
        if (!double.IsFinite(seconds) || seconds < 0) return seconds.ToString(CultureInfo.InvariantCulture);
        var parts = new List<string>();
        foreach (var (unit, length) in s_units)
        {
            var count = Math.Floor(seconds / length);
            if (count == 0) continue;
            parts.Add($"{count.ToString("0", CultureInfo.InvariantCulture)} {unit}");
            seconds -= count * length;
        }
        seconds = Math.Round(seconds, 3);
        if (seconds > 0 || parts.Count == 0) parts.Add($"{seconds.ToString("0.###", CultureInfo.InvariantCulture)} s");
        return string.Join(' ', parts);
    }

    /// <summary>Null, with what to write instead, when the text is no stretch of time.</summary>
    public static double? TryParse(string text, out string? error)
    {
        error = null;
        var rest = text.AsSpan().Trim();
        var seconds = 0.0;
        if (rest.IsEmpty) error = Expected;
        while (!rest.IsEmpty && error is null)
        {
            var digits = rest.IndexOfAnyExcept(s_digits);
            if (!double.TryParse(digits < 0 ? rest : rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                error = Expected;
                break;
            }
            rest = digits < 0 ? [] : rest[digits..].TrimStart();
            var letters = 0;
            while (letters < rest.Length && char.IsAsciiLetter(rest[letters])) letters++;
            if (LengthOf(rest[..letters]) is { } length) seconds += number * length;
            else error = $"“{rest[..letters]}” is no unit of time. Use s, min, h or d.";
            // "5 10" could mean anything
            if (letters == 0 && !rest.IsEmpty) error = Expected;
            rest = rest[letters..].TrimStart();
        }
        return error is null ? seconds : null;
    }

    private static double? LengthOf(ReadOnlySpan<char> unit) => unit switch
    {
        "" or "s" or "sec" or "second" or "seconds" => 1,
        "ms" => 0.001,
        "m" or "min" or "minute" or "minutes" => 60,
        "h" or "hour" or "hours" => 3600,
        "d" or "day" or "days" => 86_400,
        _ => null,
    };
}
