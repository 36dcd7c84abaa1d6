using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Live;

/// <summary>What changed in one batch: enough for a listener to know whether to look again.</summary>
/// <param name="EventsAccepted">Events stored.</param>
/// <param name="Changes">Executions that were made or changed, with their triggers; at most <see cref="MostChanges"/>, newest last.</param>
/// <param name="Truncated">More changed than <paramref name="Changes"/> says.</param>
public sealed record FeedChange(int EventsAccepted, IReadOnlyList<ExecutionChanged> Changes, bool Truncated)
{
    public const int MostChanges = 200;

    /// <summary>Another node has told of it.</summary>
    public bool IsOfOtherNode { get; init; }
}

/// <summary>An execution that was made or changed.</summary>
public readonly record struct ExecutionChanged(Guid ExecutionId, Guid? TriggerId, Executions.ExecutionStatus Status);

/// <summary>
/// Tells our own pages and the hub that something was committed. Listeners look again themselves, at their own pace
/// (<see cref="Throttle"/>); with no listener it costs nothing.
/// </summary>
public sealed class ExecutionFeed
{
    private event Action<FeedChange>? Changed;

    /// <summary>Calls <paramref name="listener"/> after each commit, on the journal's thread: it must only take note. Dispose the result to end it.</summary>
    public IDisposable OnChanged(Action<FeedChange> listener)
    {
        Changed += listener;
        return new Subscription(this, listener);
    }

    /// <summary>Passes on what another node has committed.</summary>
    internal void Tell(FeedChange change) => Changed?.Invoke(change);

    internal void Committed(IReadOnlyList<JournalEntry> entries)
    {
        if (Changed is not { } listeners) return;
        var accepted = 0;
        var changes = new List<ExecutionChanged>();
        var truncated = false;
        foreach (var entry in entries)
        {
            switch (entry)
            {
                case AcceptEntry { IsRepeated: false } accept:
                    if (accept.Event is not null) accepted++;
                    foreach (var execution in accept.Executions) Note(new(execution.Id, execution.TriggerId, execution.Status));
                    break;
                case AttemptEntry { Applied: true } attempt:
                    Note(new(attempt.Attempt.ExecutionId, attempt.Change.TriggerId, attempt.Change.Status));
                    break;
                case MoveEntry { Applied: true } move:
                    Note(new(move.ExecutionId, move.TriggerId, StatusAfter(move.Move)));
                    break;
            }
        }
        if (accepted > 0 || changes.Count > 0) listeners(new(accepted, changes, truncated));

        void Note(ExecutionChanged change)
        {
            if (changes.Count < FeedChange.MostChanges) changes.Add(change);
            else truncated = true;
        }
    }

    private static Executions.ExecutionStatus StatusAfter(ExecutionMove move) => move switch
    {
        ExecutionMove.Cancel or ExecutionMove.CancelOwned or ExecutionMove.Discard => Executions.ExecutionStatus.Cancelled,
        ExecutionMove.MarkRunning => Executions.ExecutionStatus.Running,
        _ => Executions.ExecutionStatus.Queued,
    };

    private sealed class Subscription(ExecutionFeed feed, Action<FeedChange> listener) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0) feed.Changed -= listener;
        }
    }
}
