using System.Globalization;
using System.Numerics;

namespace TriggerConsole.Core.Scheduling.Cron;

/// <summary>Says in words when a cron pattern runs: "At 09:00, Monday to Friday".</summary>
internal static class CronWords
{
    private const int MostTimes = 8;

    private static readonly string[] s_weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    private static readonly string[] s_ordinals = ["", "first", "second", "third", "fourth", "fifth"];

    public static string Of(CronPattern pattern)
    {
        var (time, isOften) = Time(pattern);
        var day = Day(pattern);
        if (day.Length == 0 && !isOften) day = "every day";
        var months = Months(pattern);
        var words = time + (day.Length > 0 ? ", " + day : "") + (months.Length > 0 ? ", " + months : "");
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>"1st", "22nd", "13th".</summary>
    public static string Ordinal(int number) => number + ((number % 100) is 11 or 12 or 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" });

    /// <summary>"a, b and c".</summary>
    public static string Join(IReadOnlyList<string> items, string last = "and")
        => items.Count <= 1 ? string.Concat(items) : $"{string.Join(", ", items.Take(items.Count - 1))} {last} {items[^1]}";

    private static (string Words, bool IsOften) Time(CronPattern pattern)
    {
        var (seconds, minutes, hours) = (Values.Of(pattern.Seconds, 0, 59), Values.Of(pattern.Minutes, 0, 59), Values.Of(pattern.Hours, 0, 23));
        if (!hours.AreAll && seconds.Count * minutes.Count * hours.Count <= MostTimes && !(hours.Step > 1 && minutes.Count == 1))
            return ("at " + Join([.. from h in hours.List from m in minutes.List from s in seconds.List select Clock(h, m, s)]), false);
        var often = seconds.Count > 1 || minutes.Count > 1 ? Often(seconds, minutes) : null;
        if (often is null)
        {
            var past = Past(minutes.List[0], seconds.List[0]);
            if (hours.AreAll) return ($"every hour{past}", true);
            if (hours.Step > 1) return ($"every {hours.Step} hours{past}", true);
            if (hours.IsRange) return ($"every hour from {Clock(hours.List[0], minutes.List[0], seconds.List[0])} to {Clock(hours.List[^1], minutes.List[0], seconds.List[0])}", true);
            return ($"at {Clocks(hours.List, minutes.List[0], seconds.List[0])}", false);
        }
        if (hours.AreAll) return (often, true);
        if (hours.IsRange) return ($"{often}, from {Clock(hours.List[0], 0, 0)} to {Clock(hours.List[^1], 59, seconds.Count > 1 ? 59 : 0)}", true);
        return ($"{often}, in the {(hours.Count == 1 ? "hour" : "hours")} {Join([.. hours.List.Select(h => Clock(h, 0, 0))])}", true);
    }

    private static string Often(Values seconds, Values minutes)
    {
        if (seconds.Count > 1)
        {
            var each = seconds.AreAll ? "every second" : seconds.Step > 1 ? $"every {seconds.Step} seconds" : $"at seconds {Ranges(seconds)}";
            return minutes.AreAll ? seconds.AreAll || seconds.Step > 1 ? each : each + " of every minute" : $"{each}, in {(minutes.Count == 1 ? "minute" : "minutes")} {Ranges(minutes)} of the hour";
        }
        var at = seconds.List[0] == 0 ? "" : $", at second {seconds.List[0]}";
        if (minutes.AreAll) return "every minute" + at;
        return (minutes.Step > 1 ? $"every {minutes.Step} minutes" : $"at minutes {Ranges(minutes)} of the hour") + at;
    }

    private static string Past(int minute, int second)
        => (minute, second) switch { (0, 0) => ", on the hour", (_, 0) => $" at minute {minute}", _ => $" at minute {minute}, second {second}" };

    private static string Clocks(IReadOnlyList<int> hours, int minute, int second) => Join([.. hours.Select(h => Clock(h, minute, second))]);

    private static string Clock(int hour, int minute, int second)
        => second == 0 ? string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}") : string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}:{second:00}");

    private static string Day(CronPattern pattern)
    {
        var (dates, weekdays) = (Dates(pattern), Weekdays(pattern));
        if (dates.Length == 0 || weekdays.Length == 0) return dates + weekdays;
        var eitherIsEnough = pattern.Fields[3][0] is not ('*' or '?') && pattern.Fields[5][0] is not ('*' or '?');
        return eitherIsEnough ? $"{dates}, or {weekdays}" : $"{weekdays}, but only {dates}";
    }

    private static string Dates(CronPattern pattern)
    {
        var days = Values.Of(pattern.Days, 1, 31);
        if (days.AreAll && pattern.DayRules.Count == 0) return "";
        var parts = new List<string>();
        if (days.Step > 1 && pattern.Fields[3][0] == '*') parts.Add($"every {Ordinal(days.Step)} day, from the 1st of the month on");
        else if (days.IsRange && days.Count > 2) parts.Add($"from the {Ordinal(days.List[0])} to the {Ordinal(days.List[^1])} of the month");
        else if (days.Count > 0) parts.Add($"on the {Join([.. days.List.Select(Ordinal)])} of the month");
        foreach (var rule in pattern.DayRules)
        {
            parts.Add(rule switch
            {
                DayRule.FromEnd { Days: 0 } => "on the last day of the month",
                DayRule.FromEnd { Days: 1 } => "on the day before the last of the month",
                DayRule.FromEnd end => $"{end.Days} days before the last of the month",
                DayRule.LastWorkday => "on the last working day of the month",
                DayRule.NearestWorkday near => $"on the working day nearest to the {Ordinal(near.Day)} of the month",
                _ => "",
            });
        }
        return Join(parts);
    }

    private static string Weekdays(CronPattern pattern)
    {
        var days = Values.Of(pattern.Weekdays, 0, 6);
        if (days.AreAll && pattern.WeekdayRules.Count == 0) return "";
        var parts = new List<string>();
        var fromMonday = days.List.OrderBy(d => (d + 6) % 7).ToList();
        if (fromMonday is [1, 2, 3, 4, 5]) parts.Add("Monday to Friday");
        else if (days.Count > 0) parts.Add($"on {Join([.. fromMonday.Select(d => s_weekdays[d])])}");
        foreach (var rule in pattern.WeekdayRules)
        {
            parts.Add(rule switch
            {
                DayRule.LastWeekday last => $"on the last {s_weekdays[last.Weekday]} of the month",
                DayRule.NthWeekday nth => $"on the {s_ordinals[nth.Number]} {s_weekdays[nth.Weekday]} of the month",
                _ => "",
            });
        }
        return Join(parts);
    }

    private static string Months(CronPattern pattern)
    {
        var months = Values.Of(pattern.Months, 1, 12);
        if (months.AreAll) return "";
        var names = CultureInfo.InvariantCulture.DateTimeFormat;
        return months.IsRange && months.Count > 2
            ? $"from {names.GetMonthName(months.List[0])} to {names.GetMonthName(months.List[^1])}"
            : $"in {Join([.. months.List.Select(names.GetMonthName)])}";
    }

    /// <summary>"0, 15 and 30-35".</summary>
    private static string Ranges(Values values)
    {
        var parts = new List<string>();
        for (var i = 0; i < values.Count;)
        {
            var end = i;
            while (end + 1 < values.Count && values.List[end + 1] == values.List[end] + 1) end++;
            if (end - i < 2) end = i;
            parts.Add(end == i ? values.List[i].ToString(CultureInfo.InvariantCulture) : $"{values.List[i]} to {values.List[end]}");
            i = end + 1;
        }
        return Join(parts);
    }

    /// <summary>The values of one field.</summary>
    /// <param name="Step">Greater than 1 when they stand at equal distances from the first to over the end and fit: <c>*/15</c>.</param>
    private readonly record struct Values(IReadOnlyList<int> List, bool AreAll, int Step)
    {
        public int Count => List.Count;

        public bool IsRange => Count > 1 && List[^1] - List[0] == Count - 1;

        public static Values Of(ulong bits, int least, int most)
        {
            var list = new List<int>(BitOperations.PopCount(bits));
            for (var value = least; value <= most; value++)
                if ((bits >> value & 1) != 0) list.Add(value);
            var step = list.Count > 1 && list[0] == least ? list[1] - list[0] : 0;
            var range = most - least + 1;
            // Days differ from month to month, so that their steps never fit
            var fits = step > 1 && (range % step == 0 || least == 1) && list.Count == (range + step - 1) / step && list.Zip(list.Skip(1)).All(p => p.Second - p.First == step);
            return new(list, list.Count == range, fits ? step : 0);
        }
    }
}
