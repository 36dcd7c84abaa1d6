using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;

namespace TriggerConsole.Components.Pages.Executions;

/// <summary>What can be done with an execution as it stands, and why the rest cannot.</summary>
internal sealed record ExecutionChoices(bool Retry, bool Replay, bool Cancel, string? WhyNot)
{
    public const string RetryHelp = "Tries this same execution again now, with the trigger as it is now.";
    public const string ReplayHelp = "Makes a new execution from the stored event; this one stays as it is.";
    public const string EditHelp = "The same with a payload you change first; the stored event stays as it is.";
    public const string CancelHelp = "Nothing more is sent. A try under way is broken off.";

    /// <param name="hasTrigger">Whether its trigger is still there.</param>
    public static ExecutionChoices Of(ExecutionView execution, bool hasTrigger)
    {
        var isFinished = execution.FinishedAt is not null;
        if (execution.TriggerId is null) return new(false, false, !isFinished, "This was a test of settings that were not saved, so there is no trigger to run. Send the test again from the editor.");
        if (!hasTrigger) return new(false, false, !isFinished, "Its trigger has been deleted, so it can be neither retried nor replayed.");
        return new(execution.Status is ExecutionStatus.DeadLettered or ExecutionStatus.Cancelled or ExecutionStatus.Retrying, true, !isFinished, null);
    }
}
