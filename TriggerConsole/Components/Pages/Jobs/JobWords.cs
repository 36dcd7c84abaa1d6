using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Jobs;

namespace TriggerConsole.Components.Pages.Jobs;

/// <summary>What pages say of a job.</summary>
internal static class JobWords
{
    public const string Stuck = "Stuck: its attempt has been under way for longer than its own limit.";
    public const string NodeLost = "Looks aborted: its server has not been heard of for too long. Another one takes it over.";

    /// <summary>Thirteen characters tell milliseconds apart; the first eight are the same for all ids of a minute.</summary>
    public static string Id(Guid id) => id.ToString()[..13];

    public static string Name(ExecutionView execution)
    {
        var trigger = execution.TriggerName ?? (execution.Test ? "Test" : "Deleted trigger");
        return execution.CallbackName is { } callback ? $"{callback} → {trigger}" : trigger;
    }

    public static string State(JobState state) => state == JobState.AwaitingRetry ? "Awaiting retry" : state.ToString();

    /// <summary>The list that a state has; null for that of its queue.</summary>
    public static string PathOf(JobView job) => JobListKind.All.First(k => k.State == job.State) is var kind && kind.State == JobState.Enqueued ? $"/jobs/queues/{job.Queue}" : kind.Path;
}
