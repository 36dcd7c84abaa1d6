namespace TriggerConsole.Core.Scheduling.Cron;

/// <summary>A rule for days that depends on the month: counted from its end, or from its weekdays.</summary>
internal abstract record DayRule
{
    /// <summary><c>L</c>, <c>L-3</c>: so many days before the last one.</summary>
    public sealed record FromEnd(int Days) : DayRule;

    /// <summary><c>15W</c>: the working day nearest to a day, in the same month.</summary>
    public sealed record NearestWorkday(int Day) : DayRule;

    /// <summary><c>LW</c>: the last working day.</summary>
    public sealed record LastWorkday : DayRule;

    /// <summary><c>FRIL</c>: the last one of a weekday.</summary>
    public sealed record LastWeekday(int Weekday) : DayRule;

    /// <summary><c>MON#2</c>: the n-th one of a weekday.</summary>
    public sealed record NthWeekday(int Weekday, int Number) : DayRule;
}

/// <summary>
/// A cron expression, read. Standard Unix meaning: five fields, or six with seconds first; when both the day of month and the
/// day of week are restricted, either is enough; a field that begins with a star does not restrict.
/// </summary>
internal sealed class CronPattern
{
    /// <summary>The fields as written, seconds first (<c>0</c> when they were left out); macros written out.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>Seconds were written.</summary>
    public required bool HasSeconds { get; init; }

    public required ulong Seconds { get; init; }

    public required ulong Minutes { get; init; }

    public required ulong Hours { get; init; }

    public required ulong Days { get; init; }

    public required ulong Months { get; init; }

    public required ulong Weekdays { get; init; }

    public required IReadOnlyList<DayRule> DayRules { get; init; }

    public required IReadOnlyList<DayRule> WeekdayRules { get; init; }

    /// <summary>
    /// Every hour: such a pattern means "so many times an hour" and follows the clock that really runs, also on the days on which
    /// it is set forward or back.
    /// </summary>
    public bool IsEveryHour => Fields[2] == "*";

    /// <summary>The days of a month on which it runs, as bits 1 to 31.</summary>
    public uint DaysOf(int year, int month)
    {
        if ((Months >> month & 1) == 0) return 0;
        var length = DateTime.DaysInMonth(year, month);
        var first = (int)new DateTime(year, month, 1).DayOfWeek;
        var all = (uint)((1UL << length + 1) - 2);
        var days = (uint)Days & all;
        foreach (var rule in DayRules) days |= Apply(rule, length, first);
        var weekdays = 0u;
        for (var day = 1; day <= length; day++)
            if ((Weekdays >> (first + day - 1) % 7 & 1) != 0) weekdays |= 1u << day;
        foreach (var rule in WeekdayRules) weekdays |= Apply(rule, length, first);
        var eitherIsEnough = !IsFree(Fields[3]) && !IsFree(Fields[5]);
        return eitherIsEnough ? days | weekdays : days & weekdays;
    }

    /// <summary>Whether it runs at that second of a day, as seconds since midnight.</summary>
    public bool Runs(int second) => (Hours >> second / 3600 & 1) != 0 && (Minutes >> second / 60 % 60 & 1) != 0 && (Seconds >> second % 60 & 1) != 0;

    /// <summary>The first second of a day at or after <paramref name="from"/> at which it runs; -1 for none.</summary>
    public int NextSecond(int from)
    {
        if (from >= 24 * 3600) return -1;
        var (hour, minute, second) = (from / 3600, from / 60 % 60, from % 60);
        if ((Hours >> hour & 1) != 0)
        {
            if ((Minutes >> minute & 1) != 0 && Next(Seconds, second) is >= 0 and var later) return hour * 3600 + minute * 60 + later;
            if (Next(Minutes, minute + 1) is >= 0 and var laterMinute) return hour * 3600 + laterMinute * 60 + Next(Seconds, 0);
        }
        return Next(Hours, hour + 1) is >= 0 and var laterHour ? laterHour * 3600 + Next(Minutes, 0) * 60 + Next(Seconds, 0) : -1;
    }

    private static bool IsFree(string field) => field[0] is '*' or '?';

    private static int Next(ulong bits, int from) => from < 64 && bits >> from << from is var left and not 0 ? System.Numerics.BitOperations.TrailingZeroCount(left) : -1;

    private static uint Apply(DayRule rule, int length, int firstWeekday)
    {
        var day = rule switch
        {
            DayRule.FromEnd end => length - end.Days,
            DayRule.LastWorkday => Workday(length),
            DayRule.NearestWorkday near when near.Day <= length => Workday(near.Day),
            DayRule.LastWeekday last => length - (WeekdayOf(length) - last.Weekday + 7) % 7,
            DayRule.NthWeekday nth => 1 + (nth.Weekday - firstWeekday + 7) % 7 + 7 * (nth.Number - 1),
            _ => 0,
        };
        return day >= 1 && day <= length ? 1u << day : 0;

        int WeekdayOf(int date) => (firstWeekday + date - 1) % 7;

        // Never into another month: the 1st on a Saturday becomes Monday the 3rd
        int Workday(int date) => WeekdayOf(date) switch
        {
            6 => date == 1 ? 3 : date - 1,
            0 => date == length ? date - 2 : date + 1,
            _ => date,
        };
    }
}
