using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Jobs;

namespace TriggerConsole.Components.Pages.Jobs;

/// <summary>What a list can show of a job besides what it is.</summary>
internal enum JobColumn
{
    State,
    Due,
    Created,
    Server,
    Started,
    Duration,
    Latency,
    Total,
    Finished,
    Tries,
}

/// <summary>One of the lists: its words, its columns, and what can be done with its rows.</summary>
/// <param name="Requeue">What its first button says; null when there is none.</param>
/// <param name="AsksBeforeRequeue">Requeueing does more than to move it.</param>
/// <param name="Columns">In their order, after the id and the job.</param>
internal sealed record JobListKind(string Path, JobState State, string Title, string Help, string? Requeue, bool AsksBeforeRequeue, bool Delete, IReadOnlyList<JobColumn> Columns, string EmptyTitle, string EmptyText, string EmptyIcon)
{
    public static JobListKind Enqueued { get; } = new("/jobs/queues", JobState.Enqueued, "Queue",
        "Jobs that are due and wait for a worker, in the order in which they will run.", null, false, true,
        [JobColumn.State, JobColumn.Due, JobColumn.Tries], "This queue is empty", "Jobs pass through it so quickly that it is empty most of the time.", "inbox");

    public static IReadOnlyList<JobListKind> All { get; } =
    [
        Enqueued,
        new("/jobs/scheduled", JobState.Scheduled, "Scheduled jobs", "Executions whose first attempt is to be made at a later time.", "Enqueue now", false, true,
            [JobColumn.Due, JobColumn.Created], "Nothing is scheduled", "An execution made with a delay or for a time waits here until then.", "schedule"),
        new("/jobs/processing", JobState.Processing, "Jobs under way", "Executions whose attempt has been under way for half a second or more. Quicker ones are never seen here.", "Requeue", true, true,
            [JobColumn.Server, JobColumn.Started], "Nothing has been under way for long", "Attempts that take less than half a second pass unseen.", "hourglass_empty"),
        new("/jobs/succeeded", JobState.Succeeded, "Succeeded jobs", "Executions that succeeded and are still in the history. Requeueing one sends its event again as a new execution; the old one stays.", "Requeue", true, false,
            [JobColumn.Duration, JobColumn.Latency, JobColumn.Total, JobColumn.Finished], "Nothing has succeeded yet", "Executions come here as soon as their target has taken them.", "check_circle"),
        new("/jobs/failed", JobState.Failed, "Failed jobs", "Dead letters: executions whose tries are used up, or whose failure no try can mend. They stay until they are requeued, deleted, or older than the history is kept.", "Requeue", false, true,
            [JobColumn.Tries, JobColumn.Finished], "No job has failed", "Every execution has succeeded, or is still being tried.", "check_circle"),
        new("/jobs/deleted", JobState.Deleted, "Deleted jobs", "Executions that were cancelled, and dead letters that were given up. They can still be requeued until the history drops them.", "Requeue", false, false,
            [JobColumn.Finished], "Nothing has been deleted", "What is cancelled or given up comes here.", "delete"),
        new("/jobs/retries", JobState.AwaitingRetry, "Jobs awaiting a retry", "Executions whose last attempt failed, and whose next one is due later.", "Enqueue now", false, true,
            [JobColumn.State, JobColumn.Tries, JobColumn.Due, JobColumn.Created], "Nothing awaits a retry", "All is well. An execution comes here when an attempt fails and another one is to follow.", "check_circle"),
    ];

    public static JobListKind Of(string path) => All.FirstOrDefault(k => k.Path != Enqueued.Path && path.StartsWith(k.Path, StringComparison.Ordinal)) ?? Enqueued;

    public string Head(JobColumn column) => column switch
    {
        JobColumn.Due => State switch { JobState.Enqueued => "Due since", JobState.AwaitingRetry => "Retry", _ => "Enqueue" },
        JobColumn.Created => State == JobState.Scheduled ? "Scheduled" : "Created",
        JobColumn.Total => "Total",
        JobColumn.Finished => State switch { JobState.Succeeded => "Succeeded", JobState.Failed => "Failed", _ => "Deleted" },
        var other => other.ToString(),
    };

    /// <summary>What a column sorts by; null when it cannot.</summary>
    public static JobSort? SortOf(JobColumn column) => column switch
    {
        JobColumn.Due => JobSort.Due,
        JobColumn.Created => JobSort.Created,
        JobColumn.Duration => JobSort.Duration,
        JobColumn.Finished => JobSort.Finished,
        JobColumn.Tries => JobSort.Attempts,
        _ => null,
    };

    public static bool IsNumber(JobColumn column) => column is not (JobColumn.State or JobColumn.Server);

    /// <summary>"42 failed jobs".</summary>
    public string Count(long count) => $"{Format.Number(count)} {Word} {(count == 1 ? "job" : "jobs")}";

    private string Word => State switch
    {
        JobState.Enqueued => "enqueued",
        JobState.Scheduled => "scheduled",
        JobState.Processing => "running",
        JobState.Succeeded => "succeeded",
        JobState.Failed => "failed",
        JobState.Deleted => "deleted",
        _ => "waiting",
    };

    /// <summary>What becomes of so many when they are requeued.</summary>
    public string RequeueText(long count) => State switch
    {
        JobState.Succeeded => $"Each of them is sent again: {(count == 1 ? "a new execution is" : $"{Format.Number(count)} new executions are")} made from the stored {(count == 1 ? "event" : "events")}, with the triggers as they are now. Their targets receive them once more. The old ones stay as they are.",
        JobState.Processing => "Their attempts are broken off and made again from the start. A target may have received what was under way all the same, and then gets it twice, with the same Idempotency-Key.",
        _ => "They are due at once, and run as soon as their queues have a free worker.",
    };

    public IReadOnlyList<string> Losses => State switch
    {
        JobState.Failed => ["They count as deleted from then on, and no one is reminded of them any more.", "Their tries stay in the history for as long as it keeps cancelled executions."],
        JobState.Processing => ["Attempts under way are broken off; their targets may have received them all the same.", "Nothing more is sent for them."],
        _ => ["Nothing is sent for them any more."],
    };
}
