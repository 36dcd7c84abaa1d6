using System.Globalization;
using TriggerConsole.Core.Scheduling.Cron;

namespace TriggerConsole.Core.Scheduling;

/// <summary>Says in words when a schedule runs.</summary>
public static class ScheduleWords
{
    /// <summary>"At 09:00, Monday to Friday"; the expression itself when it cannot be read.</summary>
    public static string Of(Schedule schedule) => schedule.Kind switch
    {
        ScheduleKind.Cron => CronParser.Parse(schedule.Cron).Pattern is { } pattern ? CronWords.Of(pattern) : schedule.Cron ?? "",
        ScheduleKind.Interval => Interval(schedule.IntervalSeconds ?? 0),
        _ => schedule.At is { } at ? $"Once, on {Local(at, schedule.TimeZone)}" : "",
    };

    /// <summary>"Every 90 minutes": in the largest unit that says it exactly.</summary>
    public static string Interval(long seconds) => seconds switch
    {
        86_400 => "Every 24 hours",
        > 0 when seconds % 86_400 == 0 => $"Every {seconds / 86_400} days",
        3_600 => "Every hour",
        > 0 when seconds % 3_600 == 0 => $"Every {seconds / 3_600} hours",
        60 => "Every minute",
        > 0 when seconds % 60 == 0 => $"Every {seconds / 60} minutes",
        1 => "Every second",
        _ => $"Every {seconds.ToString("N0", CultureInfo.InvariantCulture)} seconds",
    };

    /// <summary>"Thu 24 Dec 2026, 18:00:00" in the zone; in UTC when the zone is unknown.</summary>
    public static string Local(DateTimeOffset time, string zoneId)
        => (ScheduleTimes.TryFindZone(zoneId, out var zone) ? TimeZoneInfo.ConvertTime(time, zone) : time.ToUniversalTime()).ToString("ddd d MMM yyyy, HH:mm:ss", CultureInfo.InvariantCulture);
}
