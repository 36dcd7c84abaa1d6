namespace TriggerConsole.Core.Scheduling.Cron;

/// <summary>
/// The times of a cron pattern in a time zone. On the days on which clocks are set:
/// a time that does not exist runs once at the first moment after the gap, and a time that comes twice runs the first time.
/// A pattern for every hour (hours <c>*</c>) follows the clock that really runs instead: nothing in the gap, and both of the
/// hours that look the same.
/// </summary>
internal static class CronTimes
{
    private const int LastYear = 2400;

    /// <summary>The first time after <paramref name="after"/>; null when there is none before the year 2400.</summary>
    public static DateTimeOffset? After(CronPattern pattern, TimeZoneInfo zone, DateTimeOffset after)
    {
        if (after.Year >= LastYear) return null;
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).DateTime);
        for (var month = new DateOnly(day.Year, day.Month, 1); month.Year < LastYear; month = month.AddMonths(1))
        {
            var days = pattern.DaysOf(month.Year, month.Month);
            if (month.Year == day.Year && month.Month == day.Month) days = days >> day.Day << day.Day;
            for (; days != 0; days &= days - 1)
            {
                var date = new DateOnly(month.Year, month.Month, System.Numerics.BitOperations.TrailingZeroCount(days));
                if (OnDay(pattern, zone, date, after) is { } found) return found;
            }
        }
        return null;
    }

    private static DateTimeOffset? OnDay(CronPattern pattern, TimeZoneInfo zone, DateOnly date, DateTimeOffset after)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        var start = Instant(zone, midnight);
        var end = Instant(zone, midnight.AddDays(1));
        if (end <= after) return null;
        var before = zone.GetUtcOffset(start);
        // The day begins after a gap at midnight: what fell into it runs now
        var skipped = (int)((start + before).DateTime - midnight).TotalSeconds;
        if (skipped > 0 && !pattern.IsEveryHour && start > after && RunsWithin(pattern, 0, skipped)) return start;
        if (before == zone.GetUtcOffset(end.AddTicks(-1))) return InPiece(pattern, midnight, before, Math.Max(0, skipped), 24 * 3600, after);

        // The clock is set on this day: one piece before, one after
        var change = Change(zone, start, end, before);
        var later = zone.GetUtcOffset(change);
        var lastOfFirst = SecondOf(midnight, change + before);
        var firstOfSecond = SecondOf(midnight, change + later);
        if (InPiece(pattern, midnight, before, Math.Max(0, skipped), lastOfFirst, after) is { } inFirst) return inFirst;
        if (firstOfSecond > lastOfFirst && !pattern.IsEveryHour && change > after && RunsWithin(pattern, lastOfFirst, firstOfSecond)) return change;
        var from = pattern.IsEveryHour ? firstOfSecond : Math.Max(firstOfSecond, lastOfFirst);
        return InPiece(pattern, midnight, later, from, 24 * 3600, after);
    }

    /// <summary>The first time after <paramref name="after"/> in a piece of a day with one offset.</summary>
    private static DateTimeOffset? InPiece(CronPattern pattern, DateTime midnight, TimeSpan offset, int from, int to, DateTimeOffset after)
    {
        var zero = new DateTimeOffset(midnight, offset);
        var passed = Math.Floor((after - zero).TotalSeconds) + 1;
        var second = pattern.NextSecond((int)Math.Clamp(passed, from, 24 * 3600));
        return second >= 0 && second < to ? zero.AddSeconds(second).ToUniversalTime() : null;
    }

    private static bool RunsWithin(CronPattern pattern, int from, int to) => pattern.NextSecond(from) is >= 0 and var second && second < to;

    private static int SecondOf(DateTime midnight, DateTimeOffset local) => (int)(local.DateTime - midnight).TotalSeconds;

    /// <summary>The moment at which a local time comes first; for one that does not exist, the first moment after the gap.</summary>
    private static DateTimeOffset Instant(TimeZoneInfo zone, DateTime local)
    {
        if (zone.IsInvalidTime(local))
        {
            var noonBefore = new DateTimeOffset(local, TimeSpan.Zero).AddHours(-26);
            return Change(zone, noonBefore, noonBefore.AddHours(52), zone.GetUtcOffset(noonBefore));
        }
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    /// <summary>The first moment at which the offset is no more <paramref name="before"/>. Clocks are set on whole seconds.</summary>
    private static DateTimeOffset Change(TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset to, TimeSpan before)
    {
        var (low, high) = (from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds());
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            if (zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(middle)) == before) low = middle;
            else high = middle;
        }
        return DateTimeOffset.FromUnixTimeSeconds(high);
    }
}
