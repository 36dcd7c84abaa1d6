using System.Globalization;
using System.Text.Json.Serialization;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Schedules;

/// <summary>How someone says when, without knowing cron.</summary>
public enum WhenMode
{
    Every,
    Daily,
    Weekly,
    Monthly,
    Once,
    Cron,
}

/// <summary>The part of the form that says when. Daily, weekly and monthly are cron expressions that nobody has to type.</summary>
public sealed class WhenForm
{
    public const string LastDay = "L";

    internal static IReadOnlyList<(WhenMode Value, string Title)> Modes { get; } =
        [(WhenMode.Every, "Every …"), (WhenMode.Daily, "Daily"), (WhenMode.Weekly, "Weekly"), (WhenMode.Monthly, "Monthly"), (WhenMode.Once, "Once"), (WhenMode.Cron, "Cron")];

    internal static IReadOnlyList<(string Value, string Title)> Units { get; } = [("1", "seconds"), ("60", "minutes"), ("3600", "hours"), ("86400", "days")];

    internal static IReadOnlyList<(string Value, string Title)> Weekdays { get; } =
        [("MON", "Monday"), ("TUE", "Tuesday"), ("WED", "Wednesday"), ("THU", "Thursday"), ("FRI", "Friday"), ("SAT", "Saturday"), ("SUN", "Sunday")];

    public WhenMode Mode { get; set; } = WhenMode.Every;

    public string Number { get; set; } = "15";

    /// <summary>Seconds in a unit.</summary>
    public string Unit { get; set; } = "60";

    /// <summary>As the field has it: <c>09:00</c>.</summary>
    public string Time { get; set; } = "09:00";

    public List<string> Days { get; set; } = ["MON", "TUE", "WED", "THU", "FRI"];

    /// <summary>1 to 31, or <see cref="LastDay"/>.</summary>
    public string DayOfMonth { get; set; } = "1";

    public string At { get; set; } = "";

    public string Cron { get; set; } = "0 9 * * MON-FRI";

    /// <summary>What runs once has no start and end.</summary>
    [JsonIgnore]
    public bool HasBounds => Mode != WhenMode.Once;

    public static WhenForm Of(ScheduleView schedule)
    {
        switch (schedule.Kind)
        {
            case ScheduleKind.Interval:
                var unit = Units.Last(u => schedule.IntervalSeconds % long.Parse(u.Value, CultureInfo.InvariantCulture) == 0).Value;
                return new() { Mode = WhenMode.Every, Unit = unit, Number = (schedule.IntervalSeconds!.Value / long.Parse(unit, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture) };
            case ScheduleKind.Once:
                return new() { Mode = WhenMode.Once, At = LocalText.Write(schedule.At, schedule.TimeZone) };
            default:
                return OfCron(schedule.Cron ?? "");
        }
    }

    public void Switch(string day, bool on)
    {
        Days.Remove(day);
        if (on) Days.Add(day);
    }

    /// <summary>What is typed, as the API takes it.</summary>
    public ScheduleInput Read(string timeZone, FieldErrors errors)
    {
        switch (Mode)
        {
            case WhenMode.Every:
                if (!long.TryParse(Number.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 100_000_000) errors.Add("intervalSeconds", "Give a whole number, for example 15.");
                return new() { Kind = ScheduleKind.Interval, IntervalSeconds = number * long.Parse(Unit, CultureInfo.InvariantCulture) };
            case WhenMode.Once:
                var at = LocalText.Read(At, timeZone);
                if (at is null && At.Length > 0) errors.Add("at", "Give a date and a time.");
                return new() { Kind = ScheduleKind.Once, At = at };
            case WhenMode.Cron:
                return new() { Kind = ScheduleKind.Cron, Cron = Cron };
        }
        if (!TimeOnly.TryParse(Time, CultureInfo.InvariantCulture, out var time)) errors.Add("time", "Give a time of day, for example 09:00.");
        if (Mode == WhenMode.Weekly && Days.Count == 0) errors.Add("days", "Choose at least one day.");
        var clock = string.Create(CultureInfo.InvariantCulture, $"{time.Minute} {time.Hour}");
        if (time.Second != 0) clock = string.Create(CultureInfo.InvariantCulture, $"{time.Second} {clock}");
        return new()
        {
            Kind = ScheduleKind.Cron,
            Cron = Mode switch
            {
                WhenMode.Daily => $"{clock} * * *",
                WhenMode.Monthly => $"{clock} {DayOfMonth} * *",
                _ => $"{clock} * * {(Days.Count == 0 ? "*" : string.Join(',', Weekdays.Select(d => d.Value).Where(Days.Contains)))}",
            },
        };
    }

    /// <summary>Back to the simple form, when the expression is one that it makes.</summary>
    private static WhenForm OfCron(string cron)
    {
        var form = new WhenForm { Mode = WhenMode.Cron, Cron = cron };
        var fields = cron.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5 || fields[3] != "*" || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var minute) || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var hour)) return form;
        form.Time = string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}");
        var days = fields[4] == "MON-FRI" ? ["MON", "TUE", "WED", "THU", "FRI"] : fields[4].Split(',');
        if (fields[2] == "*" && fields[4] == "*") form.Mode = WhenMode.Daily;
        else if (fields[2] == "*" && Array.TrueForAll(days, d => Weekdays.Any(w => w.Value == d))) (form.Mode, form.Days) = (WhenMode.Weekly, [.. days]);
        else if (fields[4] == "*" && (fields[2] == LastDay || int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out _))) (form.Mode, form.DayOfMonth) = (WhenMode.Monthly, fields[2]);
        return form;
    }
}
