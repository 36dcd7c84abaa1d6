using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Jobs;

/// <summary>Which jobs are meant. Everything left out matches all.</summary>
public sealed record JobFilter
{
    public JobState? State { get; init; }

    public JobQueue? Queue { get; init; }

    public TriggerKind? Kind { get; init; }

    public Guid? TriggerId { get; init; }

    /// <summary>Outcome of the last attempt, exactly: <c>timeout</c>.</summary>
    public string? Code { get; init; }

    /// <summary>Made at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Made before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Text that occurs in an id, in the name of the trigger or callback, in the address called, in the outcome or in the payload; case does not count.</summary>
    public string? Q { get; init; }

    /// <summary>The node that has it under way.</summary>
    public Guid? NodeId { get; init; }

    /// <summary>Nothing but the state: its number is that of the counters.</summary>
    internal bool IsWholeState => this == new JobFilter { State = State, Queue = Queue };

    /// <summary>Those that wait are listed as they are due, all others newest first.</summary>
    internal bool IsByDue => State is JobState.Enqueued or JobState.Scheduled or JobState.AwaitingRetry;
}

/// <summary>How a list of jobs is sorted.</summary>
public enum JobSort
{
    /// <summary>What waits as it is due, all else newest first.</summary>
    Natural,

    /// <summary>When it was made.</summary>
    Created,
    Due,
    Finished,

    /// <summary>How long the last attempt took.</summary>
    Duration,
    Attempts,

    /// <summary>By name of its trigger.</summary>
    Trigger,
}

/// <summary>One page of jobs.</summary>
/// <param name="Page">From 1, counted from <paramref name="After"/>.</param>
/// <param name="Total">How many match; at least so many, when <paramref name="IsTotalExact"/> is false; null for a search.</param>
/// <param name="After">Cursor from which pages are counted; null from the beginning.</param>
/// <param name="NextCursor">Where pages go on after the last one of this window; null when there is no more.</param>
/// <param name="SearchedTo">A search whose time was up got no further than jobs made at this time; <paramref name="NextCursor"/> goes on from there.</param>
/// <param name="IsWindow">Sorted are only the first <see cref="JobQueries.Window"/> that match, because more do.</param>
public sealed record JobList(
    IReadOnlyList<JobView> Items, int Page, int PageSize, long? Total, bool IsTotalExact, string? After, string? NextCursor, DateTimeOffset? SearchedTo, bool IsWindow);
