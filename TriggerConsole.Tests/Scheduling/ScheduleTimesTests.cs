using TriggerConsole.Core.Scheduling;
using Xunit;

namespace TriggerConsole.Tests.Scheduling;

public sealed class ScheduleTimesTests
{
    private static readonly DateTimeOffset s_made = new(2026, 3, 1, 10, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public void Interval_WithoutStart_CountsFromWhenItWasMade()
        => Assert.Equal(["10:01:30", "10:03:00", "10:04:30"], Next(Make(ScheduleKind.Interval, seconds: 90), s_made, 3));

    [Fact]
    public void Interval_WithStart_RunsAtTheStartFirst()
        => Assert.Equal(["12:00:00", "12:01:00"], Next(Make(ScheduleKind.Interval, seconds: 60, start: s_made.AddHours(2).AddMilliseconds(-250)), s_made, 3)[..2]);

    [Fact]
    public void Interval_LongAfterItsStart_IsNotWalkedThrough()
    {
        var times = ScheduleTimes.Of(Make(ScheduleKind.Interval, seconds: 1));
        Assert.Equal(new DateTimeOffset(2126, 1, 1, 0, 0, 1, TimeSpan.Zero), times.After(new(2126, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Cron_WithStartAndEnd_RunsBetweenAndAtBoth()
    {
        var start = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(["12:00:00", "12:30:00", "13:00:00"], Next(Make(ScheduleKind.Cron, cron: "*/30 * * * *", start: start, end: start.AddHours(1)), s_made, 9));
    }

    [Fact]
    public void Once_RunsOnce()
    {
        var times = ScheduleTimes.Of(Make(ScheduleKind.Once, at: s_made.AddHours(1)));
        Assert.Equal(s_made.AddHours(1), times.After(s_made));
        Assert.Null(times.After(s_made.AddHours(1)));
    }

    [Theory]
    [InlineData(ScheduleKind.Cron)]
    [InlineData(ScheduleKind.Interval)]
    [InlineData(ScheduleKind.Once)]
    public void Text_ReadAgain_GivesTheSameTimes(ScheduleKind kind)
    {
        var schedule = Make(kind, kind == ScheduleKind.Cron ? "0 9 * * MON;x"[..11] : null, kind == ScheduleKind.Interval ? 77 : null, kind == ScheduleKind.Once ? s_made.AddDays(9) : null, end: kind == ScheduleKind.Once ? null : s_made.AddDays(99));
        var text = ScheduleTimes.TextOf(schedule);
        Assert.Equal(text, ScheduleTimes.Read(text).Text);
        Assert.Equal(ScheduleTimes.Of(schedule).Next(s_made, 5), ScheduleTimes.Read(text).Next(s_made, 5));
        Assert.True(text.Length < 512, "Quartz has 512 characters for it");
    }

    [Fact]
    public void Text_LongestThereCanBe_FitsQuartzsColumn()
        => Assert.True(ScheduleTimes.TextOf(Make(ScheduleKind.Cron, new string('1', Schedule.MaxCronLength), start: s_made, end: s_made, zone: new string('x', Schedule.MaxTimeZoneLength))).Length < 512);

    [Theory]
    [InlineData("")]
    [InlineData("Cron;0;0;;;Nowhere/Else;* * * * *")]
    [InlineData("Cron;0;0;;;Etc/UTC;nonsense")]
    public void Read_WhatIsNoSchedule_SaysSo(string text) => Assert.Throws<FormatException>(() => ScheduleTimes.Read(text));

    [Theory]
    [InlineData(1, "Every second")]
    [InlineData(90, "Every 90 seconds")]
    [InlineData(60, "Every minute")]
    [InlineData(5400, "Every 90 minutes")]
    [InlineData(7200, "Every 2 hours")]
    [InlineData(86_400, "Every 24 hours")]
    [InlineData(604_800, "Every 7 days")]
    public void Words_OfAnInterval_UseTheLargestUnit(long seconds, string words) => Assert.Equal(words, ScheduleWords.Interval(seconds));

    private static Schedule Make(ScheduleKind kind, string? cron = null, long? seconds = null, DateTimeOffset? at = null, DateTimeOffset? start = null, DateTimeOffset? end = null, string zone = "Etc/UTC") => new()
    {
        Id = Guid.NewGuid(),
        Name = "x",
        Kind = kind,
        Cron = cron,
        IntervalSeconds = seconds,
        At = at,
        StartAt = start,
        EndAt = end,
        TimeZone = zone,
        CreatedAt = s_made,
        UpdatedAt = s_made,
    };

    private static string[] Next(Schedule schedule, DateTimeOffset after, int count) => [.. ScheduleTimes.Of(schedule).Next(after, count).Select(t => t.ToString("HH:mm:ss", null))];
}
