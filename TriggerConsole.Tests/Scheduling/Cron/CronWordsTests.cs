using TriggerConsole.Core.Scheduling.Cron;
using Xunit;

namespace TriggerConsole.Tests.Scheduling.Cron;

public sealed class CronWordsTests
{
    [Theory]
    [InlineData("* * * * *", "Every minute")]
    [InlineData("*/5 * * * *", "Every 5 minutes")]
    [InlineData("*/7 * * * *", "At minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of the hour")]
    [InlineData("0 * * * *", "Every hour, on the hour")]
    [InlineData("15 * * * *", "Every hour at minute 15")]
    [InlineData("0,20,45 * * * *", "At minutes 0, 20 and 45 of the hour")]
    [InlineData("0 */2 * * *", "Every 2 hours, on the hour")]
    [InlineData("30 */6 * * *", "Every 6 hours at minute 30")]
    [InlineData("0 9 * * *", "At 09:00, every day")]
    [InlineData("30 9,17 * * *", "At 09:30 and 17:30, every day")]
    [InlineData("0 9-17 * * *", "Every hour from 09:00 to 17:00")]
    [InlineData("*/10 9-17 * * MON-FRI", "Every 10 minutes, from 09:00 to 17:59, Monday to Friday")]
    [InlineData("* 9 * * *", "Every minute, in the hour 09:00")]
    [InlineData("0 9 * * MON-FRI", "At 09:00, Monday to Friday")]
    [InlineData("0 9 * * SAT,SUN", "At 09:00, on Saturday and Sunday")]
    [InlineData("0 9 * * 7", "At 09:00, on Sunday")]
    [InlineData("0 0 1 * *", "At 00:00, on the 1st of the month")]
    [InlineData("0 0 1,15 * *", "At 00:00, on the 1st and 15th of the month")]
    [InlineData("0 0 1-7 * *", "At 00:00, from the 1st to the 7th of the month")]
    [InlineData("0 0 */2 * *", "At 00:00, every 2nd day, from the 1st of the month on")]
    [InlineData("0 0 L * *", "At 00:00, on the last day of the month")]
    [InlineData("0 0 L-3 * *", "At 00:00, 3 days before the last of the month")]
    [InlineData("0 0 15W * *", "At 00:00, on the working day nearest to the 15th of the month")]
    [InlineData("0 0 LW * *", "At 00:00, on the last working day of the month")]
    [InlineData("0 0 * * FRIL", "At 00:00, on the last Friday of the month")]
    [InlineData("0 0 * * MON#2", "At 00:00, on the second Monday of the month")]
    [InlineData("0 0 13 * FRI", "At 00:00, on the 13th of the month, or on Friday")]
    [InlineData("0 0 */2 * MON", "At 00:00, on Monday, but only every 2nd day, from the 1st of the month on")]
    [InlineData("0 8 24 12 *", "At 08:00, on the 24th of the month, in December")]
    [InlineData("0 8 1 3-5 *", "At 08:00, on the 1st of the month, from March to May")]
    [InlineData("0 8 * 1,7 *", "At 08:00, every day, in January and July")]
    [InlineData("* * * * * *", "Every second")]
    [InlineData("*/10 * * * * *", "Every 10 seconds")]
    [InlineData("30 0 9 * * *", "At 09:00:30, every day")]
    [InlineData("15 */5 * * * *", "Every 5 minutes, at second 15")]
    [InlineData("*/5 0 * * * *", "Every 5 seconds, in minute 0 of the hour")]
    [InlineData("@hourly", "Every hour, on the hour")]
    [InlineData("@weekly", "At 00:00, on Sunday")]
    public void Of_Pattern_SaysWhenItRuns(string cron, string words) => Assert.Equal(words, CronWords.Of(CronParser.Parse(cron).Pattern!));
}
