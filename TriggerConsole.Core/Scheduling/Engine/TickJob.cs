using System.Globalization;
using Quartz;

namespace TriggerConsole.Core.Scheduling.Engine;

/// <summary>Quartz's side of a tick: it says which schedule is due and for when. It holds no work: the runner makes the event.</summary>
internal sealed class TickJob(ScheduleRunner runner, Func<Guid, CancellationToken, Task> sync) : IJob
{
    public const string Group = "schedules";

    public static JobKey Key { get; } = new("tick", Group);

    public static TriggerKey TriggerKey(Guid scheduleId) => new(scheduleId.ToString("N"), Group);

    public static Guid? IdOf(TriggerKey key) => key.Group == Group && Guid.TryParseExact(key.Name, "N", out var id) ? id : null;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var key = context.Recovering ? context.RecoveringTriggerKey : context.Trigger.Key;
        if (key is null || IdOf(key) is not { } id) return;
        var (due, next) = context.Recovering ? await RecoverAsync(context, key, cancellationToken) : (context.ScheduledFireTimeUtc ?? context.FireTimeUtc, context.NextFireTimeUtc);
        if (!await runner.RunDueAsync(id, due, next, cancellationToken)) await sync(id, cancellationToken);
    }

    /// <summary>A process died between taking a tick and storing it: which one that was, and where the next one begins.</summary>
    private static async ValueTask<(DateTimeOffset Due, DateTimeOffset? Next)> RecoverAsync(IJobExecutionContext context, TriggerKey key, CancellationToken cancellationToken)
    {
        var due = ReadTime(context.MergedJobDataMap, SchedulerConstants.FailedJobOriginalTriggerScheduledFireTime) ?? context.ScheduledFireTimeUtc ?? context.FireTimeUtc;
        var trigger = await context.Scheduler.GetTrigger(key, cancellationToken);
        return (due, trigger is null ? null : trigger.PreviousFireTimeUtc > due ? trigger.PreviousFireTimeUtc : trigger.NextFireTimeUtc);
    }

    private static DateTimeOffset? ReadTime(JobDataMap map, string name)
        => map.TryGetValue(name, out var value) ? value switch
        {
            DateTimeOffset time => time,
            string text when long.TryParse(text, CultureInfo.InvariantCulture, out var ticks) => new(ticks, TimeSpan.Zero),
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
            long ticks => new(ticks, TimeSpan.Zero),
            _ => null,
        } : null;
}
