using TriggerConsole.Core.Scheduling.Cron;
using Xunit;

namespace TriggerConsole.Tests.Scheduling.Cron;

public sealed class CronParserTests
{
    [Theory]
    [InlineData("", null, 1, "Write a cron expression")]
    [InlineData("* * * *", null, 7, "This has 4 fields")]
    [InlineData("0 0 12 ? * MON 2027", null, 19, "A year cannot be given")]
    [InlineData("@reboot", null, 1, "“@reboot” is not known")]
    [InlineData("60 * * * *", "minutes", 1, "60 is outside of 0 to 59")]
    [InlineData("* 25 * * *", "hours", 3, "25 is outside of 0 to 23")]
    [InlineData("* 9-25 * * *", "hours", 5, "25 is outside of 0 to 23")]
    [InlineData("0 9  32 * *", "day of month", 6, "32 is outside of 1 to 31")]
    [InlineData("0 9 0 * *", "day of month", 5, "0 is outside of 1 to 31")]
    [InlineData("0 9 * FEBR *", "month", 7, "“FEBR” is not a value")]
    [InlineData("0 9 * * 8", "day of week", 9, "8 is outside of 0 to 7")]
    [InlineData("0 9 * * MON,", "day of week", 13, "Something is missing beside this comma")]
    [InlineData("0 9 * * MON,,FRI", "day of week", 13, "Something is missing beside this comma")]
    [InlineData("*/0 * * * *", "minutes", 3, "a number from 1")]
    [InlineData("*/x * * * *", "minutes", 3, "a number from 1")]
    [InlineData("*/90 * * * *", "minutes", 3, "A step of 90 goes past the end")]
    [InlineData("0 9 20-10 * *", "day of month", 5, "goes backwards")]
    [InlineData("? * * * *", "minutes", 1, "question mark stands only for a day")]
    [InlineData("0 9 L-31 * *", "day of month", 7, "1 to 30")]
    [InlineData("0 9 * * L", "day of week", 9, "L alone")]
    [InlineData("0 9 * * MON#6", "day of week", 13, "1 to 5")]
    [InlineData("0 9 30 2 *", "day of month", 5, "That day never comes")]
    [InlineData("0 9 31 4,6,9,11 *", "day of month", 5, "That day never comes")]
    [InlineData("0 9 -1 * *", "day of month", 5, "“-1” is not a value")]
    [InlineData("١ * * * *", "minutes", 1, "is not a value")]
    public void Parse_WrongExpression_SaysWhatAndWhere(string expression, string? field, int position, string message)
    {
        var (pattern, fault) = CronParser.Parse(expression);
        Assert.Null(pattern);
        Assert.Equal((field, position), (fault!.Field, fault.Position));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 9 * * mon-FRI")]
    [InlineData("0 22-2 * * FRI-MON")]
    [InlineData("15,45 */2 1-7,L * 7")]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 31 * *")]
    [InlineData("0 0 15W,LW JAN-MAR ?")]
    [InlineData("0 0 ? * FRIL,MON#1")]
    [InlineData("*/5 * * * * *")]
    [InlineData("  @Daily ")]
    [InlineData("0 0 29 2 MON#5")]
    public void Parse_RightExpression_IsTaken(string expression)
    {
        var (pattern, fault) = CronParser.Parse(expression);
        Assert.Null(fault);
        Assert.NotNull(pattern);
    }

    [Fact]
    public void Parse_Sunday_IsZeroAndSevenAndItsName()
        => Assert.All(["0 0 * * 0", "0 0 * * 7", "0 0 * * SUN"], e => Assert.Equal(1UL, CronParser.Parse(e).Pattern!.Weekdays));

    [Fact]
    public void Parse_RangeOverTheEnd_GoesOn()
        => Assert.Equal(0b100_0011UL, CronParser.Parse("0 0 * * SAT-MON").Pattern!.Weekdays);

    [Fact]
    public void Parse_AnyText_AnswersAndNeverThrows()
    {
        var random = new Random(5);
        const string Letters = "*/,-0123456789LW#?MONFRI @ \t;é";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => Letters[random.Next(Letters.Length)])]);
            var (pattern, fault) = CronParser.Parse(text);
            Assert.True(pattern is null != fault is null, text);
        }
    }
}
