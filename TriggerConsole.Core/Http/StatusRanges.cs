using System.Globalization;

namespace TriggerConsole.Core.Http;

/// <summary>A set of status codes as people write it: <c>200-299,304</c>.</summary>
internal sealed class StatusRanges
{
    public const string Default = "200-299";
    public const int MaxLength = 200;

    // One bit per code from 100 to 599
    private readonly bool[] _codes = new bool[600];

    private StatusRanges() { }

    public bool Contains(int status) => (uint)status < (uint)_codes.Length && _codes[status];

    /// <summary>Null, with the reason in a sentence, when the text is no such set.</summary>
    public static StatusRanges? Parse(string text, out string error)
    {
        error = "";
        var ranges = new StatusRanges();
        if (text.Length > MaxLength) return Refuse($"Write at most {MaxLength} characters.", out error);
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        foreach (var part in parts)
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !TryCode(ends[0], out var first) || !TryCode(ends[^1], out var last))
                return Refuse($"\"{part}\" is neither a status code nor a range of them. Write, for example, 200-299 or 200,202,409.", out error);
            if (first > last) return Refuse($"The range {part} runs backwards. Write {last}-{first}.", out error);
            ranges._codes.AsSpan(first, last - first + 1).Fill(true);
        }
        return ranges;
    }

    private static bool TryCode(string text, out int code)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is >= 100 and <= 599;

    private static StatusRanges? Refuse(string why, out string error)
    {
        error = why;
        return null;
    }
}
