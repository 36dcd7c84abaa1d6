using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Events;

/// <summary>What becomes of an event: a verdict for each trigger, an execution for each that fires.</summary>
internal readonly record struct RoutedEvent(Guid EventId, IReadOnlyList<Verdict> Verdicts, IReadOnlyList<(RuntimeTrigger Trigger, Execution Execution)> Targets);

/// <summary>Decides which triggers an event concerns, and says why for each.</summary>
internal static class EventRouter
{
    /// <param name="priority">Of all executions; null for each trigger's own.</param>
    public static RoutedEvent Route(IReadOnlyList<RuntimeTrigger> triggers, Guid eventId, DateTimeOffset now, int? priority = null)
    {
        var verdicts = new Verdict[triggers.Count];
        var targets = new List<(RuntimeTrigger, Execution)>(triggers.Count);
        for (var i = 0; i < triggers.Count; i++)
        {
            var trigger = triggers[i];
            if (!trigger.Enabled)
            {
                verdicts[i] = new(trigger.Id, trigger.Kind.Kind, VerdictKind.Disabled);
                continue;
            }
            var execution = CreateExecution(trigger, eventId, now, now, priority ?? trigger.Priority);
            verdicts[i] = new(trigger.Id, trigger.Kind.Kind, VerdictKind.Fires) { ExecutionId = execution.Id };
            targets.Add((trigger, execution));
        }
        return new(eventId, verdicts, targets);
    }

    public static Execution CreateExecution(RuntimeTrigger trigger, Guid eventId, DateTimeOffset now, DateTimeOffset due, int priority, Guid? replayOf = null) => new()
    {
        Id = Uuid7.New(now),
        EventId = eventId,
        TriggerId = trigger.Id,
        Kind = trigger.Kind.Kind,
        Status = ExecutionStatus.Queued,
        Priority = priority,
        CreatedAt = now,
        DueAt = due,
        ReplayOf = replayOf,
    };
}
