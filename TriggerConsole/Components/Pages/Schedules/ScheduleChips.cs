using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Scheduling;

namespace TriggerConsole.Components.Pages.Schedules;

/// <summary>The words and colours of schedules and their runs.</summary>
internal static class ScheduleChips
{
    public static (string Css, string Word, string Meaning) Of(ScheduleView schedule) => schedule.State switch
    {
        ScheduleState.Paused => ("warn", "Paused", "Nothing runs until it is resumed"),
        ScheduleState.Ended => ("off", "Ended", "It has no more times to come"),
        _ => ("good", "Active", "It runs when it is due"),
    };

    /// <summary>What came of a run: of its executions, when it made some.</summary>
    public static (string Css, string Word, string Meaning) Of(ScheduleRunView run)
    {
        switch (run.Outcome)
        {
            case ScheduleRunOutcome.Failed: return ("bad", "Failed", run.Detail ?? "Nothing could be made of it");
            case ScheduleRunOutcome.SkippedMissed: return ("off", "Missed", run.Detail ?? "");
            case ScheduleRunOutcome.SkippedOverlap: return ("off", "Left out", run.Detail ?? "");
        }
        if (run.Executions.Count == 0) return ("good", "Fired", "Its event is stored; no trigger took it, or its executions are gone from history");
        var dead = run.Executions.Count(e => e.Status == ExecutionStatus.DeadLettered);
        if (dead > 0) return ("bad", "Dead", $"{Format.Count(dead, "execution is a dead letter", "executions are dead letters")}");
        if (run.Executions.Any(e => e.Status == ExecutionStatus.Retrying)) return ("warn", "Retrying", "An execution failed and is tried again");
        if (run.Executions.Any(e => e.Status == ExecutionStatus.Held)) return ("warn", "Held", "Its trigger is paused");
        if (run.Executions.Any(e => e.Status is ExecutionStatus.Queued or ExecutionStatus.Running)) return ("busy", "Running", "An execution is on its way");
        return run.Executions.All(e => e.Status == ExecutionStatus.Cancelled) ? ("off", "Cancelled", "Someone cancelled it") : ("good", "Succeeded", "All its executions succeeded");
    }

    /// <summary>"2 h late", or nothing for what came in time.</summary>
    public static string? Late(ScheduleRunView run)
        => !run.IsManual && run.Outcome == ScheduleRunOutcome.Fired && run.FiredAt - run.DueAt is { TotalSeconds: > 5 } late ? $"{Format.Duration(late.TotalMilliseconds)} late" : null;
}
