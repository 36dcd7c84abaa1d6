namespace TriggerConsole.Core.Live;

/// <summary>Gathers what the feed tells until it is sent on in one piece: of each execution its last change, at most so many. Safe for several threads.</summary>
/// <param name="most">Beyond so many executions it is only said that there were more.</param>
internal sealed class FeedGatherer(int most)
{
    private readonly Lock _gate = new();
    private Dictionary<Guid, ExecutionChanged> _changes = [];
    private int _accepted;
    private bool _truncated;

    public void Add(FeedChange change)
    {
        lock (_gate)
        {
            _accepted += change.EventsAccepted;
            _truncated |= change.Truncated;
            foreach (var execution in change.Changes)
            {
                if (_changes.Count < most || _changes.ContainsKey(execution.ExecutionId)) _changes[execution.ExecutionId] = execution;
                else _truncated = true;
            }
        }
    }

    /// <summary>What came since the last time.</summary>
    public FeedChange Take()
    {
        lock (_gate)
        {
            var taken = new FeedChange(_accepted, [.. _changes.Values], _truncated);
            (_changes, _accepted, _truncated) = ([], 0, false);
            return taken;
        }
    }
}
