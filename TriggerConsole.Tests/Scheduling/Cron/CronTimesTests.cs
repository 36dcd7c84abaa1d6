using System.Globalization;
using Quartz;
using TriggerConsole.Core.Scheduling.Cron;
using Xunit;

namespace TriggerConsole.Tests.Scheduling.Cron;

public sealed class CronTimesTests
{
    [Theory]
    [InlineData("*/15 * * * *", "2026-03-01T10:07:00Z", "2026-03-01T10:15:00Z", "2026-03-01T10:30:00Z")]
    [InlineData("*/20 * * * * *", "2026-03-01T10:07:20Z", "2026-03-01T10:07:40Z", "2026-03-01T10:08:00Z")]
    [InlineData("0 9 * * MON-FRI", "2026-03-06T09:00:00Z", "2026-03-09T09:00:00Z", "2026-03-10T09:00:00Z")]
    // Unix: when both days are restricted, either is enough
    [InlineData("0 0 13 * FRI", "2026-02-28T00:00:00Z", "2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z")]
    [InlineData("0 0 13 * FRI", "2026-04-11T00:00:00Z", "2026-04-13T00:00:00Z", "2026-04-17T00:00:00Z")]
    // … but a star with a step does not restrict by itself
    [InlineData("0 0 */2 * MON", "2026-03-01T00:00:00Z", "2026-03-09T00:00:00Z", "2026-03-23T00:00:00Z")]
    [InlineData("0 0 L * *", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z")]
    [InlineData("0 0 L-2 * *", "2026-01-31T00:00:00Z", "2026-02-26T00:00:00Z", "2026-03-29T00:00:00Z")]
    [InlineData("0 0 LW * *", "2026-01-31T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-31T00:00:00Z")]
    [InlineData("0 0 1W * *", "2026-01-31T00:00:00Z", "2026-02-02T00:00:00Z", "2026-03-02T00:00:00Z", "2026-04-01T00:00:00Z")]
    [InlineData("0 0 15W * *", "2026-01-31T00:00:00Z", "2026-02-16T00:00:00Z", "2026-03-16T00:00:00Z", "2026-04-15T00:00:00Z")]
    [InlineData("0 0 * * FRIL", "2026-01-31T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-27T00:00:00Z")]
    [InlineData("0 0 * * MON#5", "2026-01-31T00:00:00Z", "2026-03-30T00:00:00Z", "2026-06-29T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-01-31T00:00:00Z", "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z")]
    [InlineData("@yearly", "2026-01-31T00:00:00Z", "2027-01-01T00:00:00Z")]
    public void After_InUtc_GivesTheTimes(string cron, string after, params string[] expected) => Check(cron, "Etc/UTC", after, expected);

    [Theory]
    // 29 March 2026, Berlin: 02:00 becomes 03:00. A time in the gap runs at its end, once
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("*/15 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z")]
    [InlineData("0,30 2,3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
    [InlineData("0 */2 * * *", "Europe/Berlin", "2026-03-28T22:30:00Z", "2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")]
    // What runs every hour leaves the gap out
    [InlineData("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z")]
    // 25 October 2026, Berlin: 03:00 becomes 02:00. A time that comes twice runs the first time
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("0,30 2,3 * * *", "Europe/Berlin", "2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z")]
    // … but what runs every hour runs in both
    [InlineData("30 * * * *", "Europe/Berlin", "2026-10-24T23:59:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:15:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z")]
    // Asked in the middle of the hour that is repeated
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z")]
    // 8 March and 1 November 2026, New York
    [InlineData("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z")]
    [InlineData("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z")]
    [InlineData("0 9 * * *", "America/New_York", "2026-03-07T15:00:00Z", "2026-03-08T13:00:00Z")]
    // Lord Howe moves by half an hour: 4 October 2026 02:00 → 02:30, 5 April 2026 02:00 → 01:30
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z")]
    [InlineData("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z")]
    [InlineData("45 * * * *", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z", "2026-04-04T16:15:00Z")]
    // Cairo skips midnight itself: 24 April 2026 00:00 → 01:00
    [InlineData("0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z")]
    public void After_WhenClocksAreSet_RunsOnceAsDocumented(string cron, string zone, string after, params string[] expected) => Check(cron, zone, after, expected);

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Havana")]
    [InlineData("Asia/Kathmandu")]
    public void After_AnyPatternInAYear_GivesEachTimeTheClockShowsOnce(string zoneId)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var random = new Random(zoneId.Length);
        for (var round = 0; round < 25; round++)
        {
            var cron = $"{random.Next(60)},{random.Next(60)} {random.Next(24)},{random.Next(24)} */{1 + random.Next(4)} * *";
            var pattern = CronParser.Parse(cron).Pattern!;
            var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            var seen = new HashSet<DateTime>();
            while (CronTimes.After(pattern, zone, time) is { } next && next.Year == 2026)
            {
                Assert.True(next > time, $"{cron} in {zoneId}: {next:O} does not come after {time:O}");
                var local = TimeZoneInfo.ConvertTime(next, zone).DateTime;
                Assert.True(seen.Add(local), $"{cron} in {zoneId}: {local:O} twice");
                var fits = pattern.Runs((int)local.TimeOfDay.TotalSeconds) && (pattern.DaysOf(local.Year, local.Month) >> local.Day & 1) != 0;
                Assert.True(fits || zone.IsInvalidTime(local.AddMinutes(-1)), $"{cron} in {zoneId}: {local:O} does not fit");
                time = next;
            }
        }
    }

    [Fact]
    public void After_InUtc_AgreesWithQuartz()
    {
        var random = new Random(11);
        var time = new DateTimeOffset(2026, 2, 27, 23, 58, 0, TimeSpan.Zero);
        for (var round = 0; round < 500; round++)
        {
            var cron = $"{Field(0, 59)} {Field(0, 23)} {(random.Next(2) == 0 ? "*" : Field(1, 28))} {Field(1, 12)} *";
            var pattern = CronParser.Parse(cron).Pattern!;
            var theirs = CronExpression.Parse(cron, CronFormat.Unix).WithTimeZone(TimeZoneInfo.Utc);
            var (ours, other) = (time, time);
            for (var i = 0; i < 5; i++)
            {
                (ours, other) = (CronTimes.After(pattern, TimeZoneInfo.Utc, ours)!.Value, theirs.GetNextValidTimeAfter(other)!.Value);
                Assert.True(ours == other, $"{cron}: {ours:O} here, {other:O} there");
            }
        }

        string Field(int least, int most) => random.Next(4) switch
        {
            0 => "*",
            1 => $"*/{1 + random.Next(Math.Min(most, 20) - 1)}",
            2 => random.Next(least, most + 1).ToString(CultureInfo.InvariantCulture),
            _ => $"{random.Next(least, most / 2)}-{random.Next(most / 2, most + 1)}",
        };
    }

    private static void Check(string cron, string zone, string after, string[] expected)
    {
        var pattern = CronParser.Parse(cron).Pattern!;
        var time = DateTimeOffset.Parse(after, CultureInfo.InvariantCulture);
        var times = new List<string>();
        for (var i = 0; i < expected.Length; i++)
        {
            time = CronTimes.After(pattern, TimeZoneInfo.FindSystemTimeZoneById(zone), time)!.Value;
            times.Add(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        }
        Assert.Equal(expected, times);
    }
}
