using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TriggerConsole.Core.Scheduling.Cron;

namespace TriggerConsole.Core.Scheduling;

/// <summary>
/// When a schedule is due, and nothing else of it. The one place where times are computed: the preview, the words of the list and
/// the times at which it fires all come from here.
/// </summary>
internal sealed class ScheduleTimes
{
    private readonly CronPattern? _pattern;

    private ScheduleTimes(ScheduleKind kind, string text, TimeZoneInfo zone, CronPattern? pattern, long seconds, DateTimeOffset anchor, DateTimeOffset? startAt, DateTimeOffset? endAt)
        => (Kind, Text, Zone, _pattern, Seconds, Anchor, StartAt, EndAt) = (kind, text, zone, pattern, seconds, anchor, startAt, endAt);

    public ScheduleKind Kind { get; }

    /// <summary>All of it in one line, which <see cref="Read"/> reads: equal times, equal text.</summary>
    public string Text { get; }

    public TimeZoneInfo Zone { get; }

    /// <summary>Of an interval.</summary>
    public long Seconds { get; }

    /// <summary>Where an interval counts from; the time of a single run.</summary>
    public DateTimeOffset Anchor { get; }

    public DateTimeOffset? StartAt { get; }

    public DateTimeOffset? EndAt { get; }

    public static ScheduleTimes Once(DateTimeOffset at) => Read(Join(ScheduleKind.Once, at, 0, null, null, "Etc/UTC", ""));

    /// <summary>The times of a row that was checked when it was saved.</summary>
    /// <exception cref="FormatException">It is not what this version understands: a time zone is gone, or someone wrote into the table.</exception>
    public static ScheduleTimes Of(Schedule schedule) => Read(TextOf(schedule));

    public static string TextOf(Schedule schedule) => schedule.Kind switch
    {
        ScheduleKind.Cron => Join(schedule.Kind, DateTimeOffset.UnixEpoch, 0, schedule.StartAt, schedule.EndAt, schedule.TimeZone, schedule.Cron),
        ScheduleKind.Interval => Join(schedule.Kind, schedule.StartAt ?? WholeSecond(schedule.CreatedAt), schedule.IntervalSeconds ?? 0, schedule.StartAt, schedule.EndAt, schedule.TimeZone, ""),
        _ => Join(schedule.Kind, schedule.At ?? DateTimeOffset.UnixEpoch, 0, null, null, schedule.TimeZone, ""),
    };

    /// <exception cref="FormatException">The text is none.</exception>
    public static ScheduleTimes Read(string text)
    {
        var parts = text.Split(';', 7);
        if (parts.Length != 7 || !Enum.TryParse<ScheduleKind>(parts[0], out var kind)) throw new FormatException($"“{text}” is no schedule.");
        if (!TryFindZone(parts[5], out var zone)) throw new FormatException($"The time zone {parts[5]} is not known on this server.");
        CronPattern? pattern = null;
        if (kind == ScheduleKind.Cron)
        {
            (pattern, var fault) = CronParser.Parse(parts[6]);
            if (fault is not null) throw new FormatException($"“{parts[6]}” is no cron expression: {fault.Message}");
        }
        return new(kind, text, zone, pattern, long.Parse(parts[2], CultureInfo.InvariantCulture), Time(parts[1]) ?? default, Time(parts[3]), Time(parts[4]));
    }

    /// <summary>The first time after <paramref name="after"/>; null when there is no more.</summary>
    public DateTimeOffset? After(DateTimeOffset after)
    {
        if (StartAt is { } start && after < start) after = start.AddTicks(-1);
        var next = Kind switch
        {
            ScheduleKind.Cron => CronTimes.After(_pattern!, Zone, after),
            ScheduleKind.Interval => AfterInterval(after),
            _ => Anchor > after ? Anchor : null,
        };
        return next > EndAt ? null : next;
    }

    /// <summary>The next times after <paramref name="after"/>, at most <paramref name="count"/>.</summary>
    public IEnumerable<DateTimeOffset> Next(DateTimeOffset after, int count)
    {
        for (var i = 0; i < count && After(after) is { } next; i++)
        {
            yield return next;
            after = next;
        }
    }

    /// <summary>IANA ids, and the ids of the system's own list where they differ.</summary>
    public static bool TryFindZone(string id, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        return !string.IsNullOrWhiteSpace(id) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone);
    }

    private DateTimeOffset? AfterInterval(DateTimeOffset after)
    {
        // Counted from StartAt the first run is there; counted from when it was made, one interval later
        var least = StartAt is null ? 1 : 0;
        var passed = after < Anchor ? -1 : (after - Anchor).Ticks / (Seconds * TimeSpan.TicksPerSecond);
        var ticks = Math.Max(least, passed + 1) * (decimal)Seconds * TimeSpan.TicksPerSecond;
        return ticks > (DateTimeOffset.MaxValue - Anchor).Ticks ? null : Anchor.AddTicks((long)ticks);
    }

    private static DateTimeOffset WholeSecond(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);

    private static string Join(ScheduleKind kind, DateTimeOffset anchor, long seconds, DateTimeOffset? startAt, DateTimeOffset? endAt, string zone, string? cron)
        => string.Create(CultureInfo.InvariantCulture, $"{kind};{anchor.UtcTicks};{seconds};{startAt?.UtcTicks};{endAt?.UtcTicks};{zone};{cron}");

    private static DateTimeOffset? Time(string ticks) => ticks.Length == 0 ? null : new(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero);
}
