using Quartz;
using Quartz.Extensibility;
using Quartz.Impl.AdoJobStore;
using Quartz.Impl.Triggers;

namespace TriggerConsole.Core.Scheduling.Engine;

/// <summary>
/// What Quartz keeps of a schedule: when it is due. The times come from <see cref="ScheduleTimes"/>, so that the preview and what
/// fires cannot differ.
/// </summary>
/// <remarks>
/// Quartz is told to ignore misfires: it fires once for all times that went by, with the first of them, and this trigger goes on
/// with the first one in the future. <see cref="TickPlan"/> decides what becomes of those between.
/// </remarks>
internal sealed class TickTrigger : TriggerBase
{
    /// <summary>Quartz's code for all kinds of triggers; its own name for it is not public.</summary>
    private const int IgnoreMisfires = -1;

    private readonly TimeProvider _time;

    public TickTrigger(ScheduleTimes times, TimeProvider time) : base(time)
    {
        (Times, _time) = (times, time);
        MisfireInstructionCode = IgnoreMisfires;
    }

    public ScheduleTimes Times { get; }

    /// <summary>Times up to here are settled; the first one to fire comes after.</summary>
    public DateTimeOffset From { get; init; }

    public override DateTimeOffset? FinalFireTimeUtc => null;

    public override DateTimeOffset? PreviousFireTimeUtc { get; set; }

    public override DateTimeOffset? NextFireTimeUtc { get; set; }

    public override bool MayFireAgain => NextFireTimeUtc is not null;

    protected override bool HasMillisecondPrecision => true;

    public override IScheduleBuilder GetScheduleBuilder() => new Builder(Times, _time);

    public override DateTimeOffset? ComputeFirstFireTimeUtc(ICalendar? calendar) => NextFireTimeUtc = Times.After(From);

    public override DateTimeOffset? GetFireTimeAfter(DateTimeOffset? afterTime) => Times.After(afterTime ?? _time.GetUtcNow());

    public override void Triggered(ICalendar? calendar)
    {
        PreviousFireTimeUtc = NextFireTimeUtc;
        var now = _time.GetUtcNow();
        NextFireTimeUtc = Times.After(NextFireTimeUtc > now ? NextFireTimeUtc.Value : now);
    }

    public override void UpdateAfterMisfire(ICalendar? calendar)
    {
        // It keeps the time that was missed: see the remarks
    }

    public override void UpdateWithNewCalendar(ICalendar calendar, TimeSpan misfireThreshold)
    {
        // Calendars are not used
    }

    protected override bool ValidateMisfireInstruction(int misfireInstruction) => true;

    private sealed class Builder(ScheduleTimes times, TimeProvider time) : IScheduleBuilder
    {
        public IMutableTrigger Build() => new TickTrigger(times, time);
    }

    /// <summary>Writes a trigger's times to Quartz's table of simple properties and reads them again.</summary>
    internal sealed class Storage(TimeProvider time) : SimplePropertiesTriggerPersistenceDelegateBase
    {
        public override bool CanHandleTriggerType(IOperableTrigger trigger) => trigger is TickTrigger;

        public override string GetHandledTriggerTypeDiscriminator() => "TICK";

        protected override SimplePropertiesTriggerProperties GetTriggerProperties(IOperableTrigger trigger) => new() { String1 = ((TickTrigger)trigger).Times.Text };

        protected override TriggerPropertyBundle GetTriggerPropertyBundle(SimplePropertiesTriggerProperties properties)
            => new(new Builder(ScheduleTimes.Read(properties.String1!), time));
    }
}
