using System.Globalization;

namespace TriggerConsole.Core.Scheduling.Cron;

/// <summary>Reads cron expressions, and says of a wrong one what is wrong and where.</summary>
internal static class CronParser
{
    private static readonly Dictionary<string, string> s_macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    /// <summary>The pattern, or the first fault.</summary>
    public static (CronPattern? Pattern, CronFault? Fault) Parse(string? expression)
    {
        if (string.IsNullOrWhiteSpace(expression)) return (null, new(null, 1, "Write a cron expression, such as 0 9 * * MON-FRI."));
        if (expression.Length > Schedule.MaxCronLength) return (null, new(null, 1, $"A cron expression has at most {Schedule.MaxCronLength} characters."));
        if (expression.TrimStart().StartsWith('@'))
        {
            if (s_macros.TryGetValue(expression.Trim(), out var meaning)) return Parse(meaning);
            return (null, new(null, expression.IndexOf('@') + 1, $"“{expression.Trim()}” is not known. Use {string.Join(", ", s_macros.Keys)}, or write the fields."));
        }
        var words = Split(expression);
        if (words.Count is not (5 or 6)) return (null, CountFault(expression, words.Count));
        try
        {
            var hasSeconds = words.Count == 6;
            if (!hasSeconds) words.Insert(0, ("0", 0));
            var bits = new ulong[6];
            List<DayRule> days = [], weekdays = [];
            for (var i = 0; i < 6; i++)
                bits[i] = new FieldReader(CronField.All[i], words[i].Text, words[i].Start).Read(i == 3 ? days : i == 5 ? weekdays : null);
            var pattern = new CronPattern
            {
                Fields = [.. words.Select(w => w.Text.ToUpperInvariant())],
                HasSeconds = hasSeconds,
                Seconds = bits[0],
                Minutes = bits[1],
                Hours = bits[2],
                Days = bits[3],
                Months = bits[4],
                Weekdays = bits[5],
                DayRules = days,
                WeekdayRules = weekdays,
            };
            return NeverFault(pattern, words[3].Start) is { } never ? (null, never) : (pattern, null);
        }
        catch (FaultException fault)
        {
            return (null, fault.Fault);
        }
    }

    private static List<(string Text, int Start)> Split(string expression)
    {
        var words = new List<(string, int)>();
        for (var i = 0; i < expression.Length;)
        {
            if (char.IsWhiteSpace(expression[i]))
            {
                i++;
                continue;
            }
            var start = i;
            while (i < expression.Length && !char.IsWhiteSpace(expression[i])) i++;
            words.Add((expression[start..i], start));
        }
        return words;
    }

    private static CronFault CountFault(string expression, int count)
        => new(null, expression.TrimEnd().Length, count == 7
            ? "This has 7 fields. A year cannot be given: leave the last field out, and set an end instead."
            : $"This has {count} {(count == 1 ? "field" : "fields")}. Write five (minutes, hours, day of month, month, day of week), or six with seconds first.");

    /// <summary>Found only when a month is tried: 30 February, or the fifth Monday of no month.</summary>
    private static CronFault? NeverFault(CronPattern pattern, int position)
    {
        // In 28 years every date falls on every weekday; 2072 to 2099 has no leap year left out
        for (var year = 2072; year < 2100; year++)
            for (var month = 1; month <= 12; month++)
                if (pattern.DaysOf(year, month) != 0) return null;
        return new("day of month", position + 1, $"That day never comes: no month chosen here has it (day of month {pattern.Fields[3]}, month {pattern.Fields[4]}).");
    }

    private sealed class FaultException(CronFault fault) : Exception
    {
        public CronFault Fault { get; } = fault;
    }

    /// <summary>Reads one field: items separated by commas.</summary>
    private readonly struct FieldReader(CronField field, string text, int start)
    {
        public ulong Read(List<DayRule>? rules)
        {
            var bits = 0UL;
            var at = 0;
            foreach (var item in text.Split(','))
            {
                if (item.Length == 0) throw Fault(at, at == 0 && text.Length == 1 ? "A comma alone says nothing." : "Something is missing beside this comma.");
                if (rules is null || !TryReadRule(item, at, rules)) bits |= ReadItem(item, at);
                at += item.Length + 1;
            }
            return bits;
        }

        private ulong ReadItem(string item, int at)
        {
            var slash = item.IndexOf('/');
            var step = slash < 0 ? 1 : ReadStep(item[(slash + 1)..], at + slash + 1);
            var range = slash < 0 ? item : item[..slash];
            int from, to;
            if (range is "*" or "?")
            {
                if (range == "?" && field != CronField.Days && field != CronField.Weekdays) throw Fault(at, "A question mark stands only for a day. Write a star.");
                (from, to) = (field.Least, field == CronField.Weekdays ? 6 : field.Most);
            }
            else if (range.IndexOf('-') is > 0 and var dash)
            {
                (from, to) = (ReadValue(range[..dash], at), ReadValue(range[(dash + 1)..], at + dash + 1));
                if (from > to && field == CronField.Weekdays && from == 7) from = 0;
                if (from > to && !field.MayWrap) throw Fault(at, $"The range {range} goes backwards. Write the smaller one first.");
            }
            else
            {
                from = ReadValue(range, at);
                to = slash < 0 ? from : field == CronField.Weekdays ? 6 : field.Most;
            }
            var bits = 0UL;
            var length = to >= from ? to - from : to - from + field.Count;
            for (var i = 0; i <= length; i += step)
            {
                var value = from + i;
                if (value > field.Most) value -= field.Count;
                if (field == CronField.Weekdays) value %= 7;
                bits |= 1UL << value;
            }
            return bits;
        }

        private int ReadStep(string step, int at)
        {
            if (step.Length is 0 or > 4 || !int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value == 0)
                throw Fault(at, "After the slash stands how far to step: a number from 1, as in */5.");
            return value < field.Count ? value
                : throw Fault(at, $"A step of {value} goes past the end: {field.Name} has {field.Count} values. Use an interval for longer steps.");
        }

        private int ReadValue(string value, int at)
        {
            if (field.Names.TryGetValue(value, out var named)) return named;
            if (value.Length is > 0 and <= 4 && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number >= field.Least && number <= field.Most ? number : throw Fault(at, $"{value} is outside of {field.RangeInWords}.");
            throw Fault(at, value.Length == 0 ? $"A value is missing here. Write one from {field.RangeInWords}." : $"“{value}” is not a value of this field. Write one from {field.RangeInWords}.");
        }

        private bool TryReadRule(string item, int at, List<DayRule> rules)
        {
            var upper = item.ToUpperInvariant();
            if (field == CronField.Days)
            {
                if (upper == "L") rules.Add(new DayRule.FromEnd(0));
                else if (upper is "LW" or "WL") rules.Add(new DayRule.LastWorkday());
                else if (upper.StartsWith("L-", StringComparison.Ordinal))
                    rules.Add(new DayRule.FromEnd(Number(upper[2..], 1, 30) ?? throw Fault(at + 2, "After L- stands how many days before the last one: 1 to 30.")));
                else if (upper.EndsWith('W'))
                    rules.Add(new DayRule.NearestWorkday(Number(upper[..^1], 1, 31) ?? throw Fault(at, "Before W stands one day, as in 15W: the working day nearest to the 15th.")));
                else return false;
                return true;
            }
            if (upper == "L") throw Fault(at, "L alone says nothing here. Write which day: FRIL is the last Friday of the month.");
            if (upper.IndexOf('#') is >= 0 and var hash)
                rules.Add(new DayRule.NthWeekday(ReadValue(item[..hash], at) % 7, Number(upper[(hash + 1)..], 1, 5) ?? throw Fault(at + hash + 1, "After # stands which one of the month: 1 to 5, as in MON#2.")));
            else if (upper.EndsWith('L') && !field.Names.ContainsKey(upper))
                rules.Add(new DayRule.LastWeekday(ReadValue(item[..^1], at) % 7));
            else return false;
            return true;
        }

        private static int? Number(string text, int least, int most)
            => text.Length <= 2 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : null;

        private FaultException Fault(int at, string message) => new(new(field.Name, start + at + 1, message));
    }
}
