using TriggerConsole.Core.Executions;

namespace TriggerConsole.Core.Jobs;

/// <summary>What a list is sorted by; the rows of a page are read afterwards.</summary>
internal sealed record JobKey(Guid Id, DateTimeOffset DueAt, DateTimeOffset? FinishedAt, long? Duration, int Attempts, Guid? TriggerId)
{
    public static IQueryable<JobKey> Of(IQueryable<Execution> rows)
        => rows.Select(e => new JobKey(e.Id, e.DueAt, e.FinishedAt, e.LastDurationMicroseconds, e.Attempts, e.TriggerId));

    public JobCursor Cursor => new(Id, DueAt);

    public static int Compare(JobKey a, JobKey b, JobOrder order) => order switch
    {
        JobOrder.DueFirst => a.DueAt != b.DueAt ? a.DueAt.CompareTo(b.DueAt) : a.Id.CompareTo(b.Id),
        JobOrder.OldestFirst => a.Id.CompareTo(b.Id),
        _ => b.Id.CompareTo(a.Id),
    };

    /// <summary>Sorts by what the reader asked for; the newest first among equals, and what has no value last.</summary>
    public static List<JobKey> Sort(IEnumerable<JobKey> keys, JobSort sort, bool descending, Func<Guid?, string?> nameOf)
    {
        var sorted = keys.ToList();
        Comparison<JobKey> by = sort switch
        {
            JobSort.Created => (a, b) => a.Id.CompareTo(b.Id),
            JobSort.Due => (a, b) => a.DueAt.CompareTo(b.DueAt),
            JobSort.Finished => (a, b) => Nullable.Compare(a.FinishedAt, b.FinishedAt),
            JobSort.Duration => (a, b) => Nullable.Compare(a.Duration, b.Duration),
            JobSort.Attempts => (a, b) => a.Attempts.CompareTo(b.Attempts),
            JobSort.Trigger => (a, b) => string.Compare(nameOf(a.TriggerId), nameOf(b.TriggerId), StringComparison.CurrentCultureIgnoreCase),
            _ => throw new ArgumentOutOfRangeException(nameof(sort)),
        };
        sorted.Sort((a, b) =>
        {
            var compared = descending ? by(b, a) : by(a, b);
            return compared != 0 ? compared : b.Id.CompareTo(a.Id);
        });
        return sorted;
    }
}
