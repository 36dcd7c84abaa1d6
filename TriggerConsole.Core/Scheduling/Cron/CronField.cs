using System.Collections.Frozen;

namespace TriggerConsole.Core.Scheduling.Cron;

/// <summary>What is wrong in a cron expression, and where.</summary>
/// <param name="Field">The field as people call it: <c>hours</c>; null when it is in the expression as a whole.</param>
/// <param name="Position">Character of the expression, from 1.</param>
/// <param name="Message">What is wrong and what to write instead, in whole sentences.</param>
public sealed record CronFault(string? Field, int Position, string Message);

/// <summary>One of the fields of a cron expression: its name, its range and the names its values may have.</summary>
internal sealed class CronField
{
    private static readonly string[] s_months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] s_weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private CronField(string name, int least, int most, string[]? names = null)
    {
        (Name, Least, Most) = (name, least, most);
        Names = (names ?? []).Select((n, i) => KeyValuePair.Create(n, i + least)).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public static CronField Seconds { get; } = new("seconds", 0, 59);

    public static CronField Minutes { get; } = new("minutes", 0, 59);

    public static CronField Hours { get; } = new("hours", 0, 23);

    public static CronField Days { get; } = new("day of month", 1, 31);

    public static CronField Months { get; } = new("month", 1, 12, s_months);

    /// <summary>0 and 7 are both Sunday.</summary>
    public static CronField Weekdays { get; } = new("day of week", 0, 7, s_weekdays);

    /// <summary>Fields in the order they are written, seconds first.</summary>
    public static IReadOnlyList<CronField> All { get; } = [Seconds, Minutes, Hours, Days, Months, Weekdays];

    public string Name { get; }

    public int Least { get; }

    public int Most { get; }

    public FrozenDictionary<string, int> Names { get; }

    /// <summary>How many different values there are.</summary>
    public int Count => this == Weekdays ? 7 : Most - Least + 1;

    /// <summary>A range may go over the end: <c>22-2</c>, <c>FRI-MON</c>. Months differ in length, so days may not.</summary>
    public bool MayWrap => this != Days;

    public string RangeInWords => this == Weekdays ? "0 to 7 (0 and 7 are Sunday) or SUN to SAT" : this == Months ? "1 to 12 or JAN to DEC" : $"{Least} to {Most}";
}
