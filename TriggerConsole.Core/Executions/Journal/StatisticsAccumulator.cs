using System.Diagnostics;

namespace TriggerConsole.Core.Executions.Journal;

/// <summary>
/// Counts what was committed and writes it about once a second, so that figures cost next to nothing. A crash can lose the
/// last second of figures, never of executions. Used by the journal's thread only.
/// </summary>
internal sealed class StatisticsAccumulator
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private Dictionary<(long Minute, Guid TriggerId), ExecutionStatistic> _counts = [];
    private long _since;

    public bool Any => _counts.Count > 0;

    /// <summary>How long until they should be written; null when there are none.</summary>
    public TimeSpan? DueIn => Any ? s_interval - Stopwatch.GetElapsedTime(_since) : null;

    public IReadOnlyCollection<ExecutionStatistic> TakeIfDue(bool force)
    {
        if (!Any || (!force && DueIn > TimeSpan.Zero)) return [];
        var taken = _counts.Values;
        _counts = [];
        return taken;
    }

    public void PutBack(IReadOnlyCollection<ExecutionStatistic> taken)
    {
        foreach (var statistic in taken)
        {
            var counts = Of(statistic.Minute, statistic.TriggerId);
            counts.Accepted += statistic.Accepted;
            counts.Succeeded += statistic.Succeeded;
            counts.DeadLettered += statistic.DeadLettered;
            counts.Cancelled += statistic.Cancelled;
            counts.FailedAttempts += statistic.FailedAttempts;
            counts.Attempts += statistic.Attempts;
            counts.DurationMicroseconds += statistic.DurationMicroseconds;
            counts.LongestMicroseconds = Math.Max(counts.LongestMicroseconds, statistic.LongestMicroseconds);
        }
    }

    public void Count(JournalEntry entry)
    {
        switch (entry)
        {
            case AcceptEntry { IsRepeated: false } accept:
                foreach (var execution in accept.Executions) Of(execution.CreatedAt, execution.TriggerId).Accepted++;
                break;
            case AttemptEntry { Applied: true } attempt:
                Count(attempt);
                break;
            case MoveEntry { Applied: true, Move: ExecutionMove.Cancel or ExecutionMove.CancelOwned or ExecutionMove.Discard } move:
                Of(move.At, move.TriggerId).Cancelled++;
                break;
        }
    }

    private void Count(AttemptEntry entry)
    {
        var attempt = entry.Attempt;
        var counts = Of(attempt.StartedAt, entry.Change.TriggerId);
        counts.Attempts++;
        if (!attempt.Succeeded) counts.FailedAttempts++;
        counts.DurationMicroseconds += attempt.DurationMicroseconds;
        counts.LongestMicroseconds = Math.Max(counts.LongestMicroseconds, attempt.DurationMicroseconds);
        if (entry.Change.Status == ExecutionStatus.Succeeded) counts.Succeeded++;
        else if (entry.Change.Status == ExecutionStatus.DeadLettered) counts.DeadLettered++;
    }

    private ExecutionStatistic Of(DateTimeOffset at, Guid? triggerId)
    {
        if (_counts.Count == 0) _since = Stopwatch.GetTimestamp();
        var key = (at.UtcTicks / TimeSpan.TicksPerMinute, triggerId ?? Guid.Empty);
        if (!_counts.TryGetValue(key, out var counts))
            _counts[key] = counts = new() { Minute = new(key.Item1 * TimeSpan.TicksPerMinute, TimeSpan.Zero), TriggerId = key.Item2 };
        return counts;
    }
}
