using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Transport;

/// <summary>
/// Observer of the journal: offers to the queue what was left in the table for whoever is free, at once when it is due, and when it
/// becomes due otherwise. What it cannot keep in mind is found in the table.
/// </summary>
internal sealed class TransportFeeder(RabbitMqTransport transport, TransportGate gate, NodePlacement placement, TriggerDirectory triggers, Dispatcher dispatcher, TimeProvider time) : IDisposable
{
    private const int MostWaiting = 100_000;

    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<(Guid Execution, Guid Trigger), DateTimeOffset> _waiting = new();
    private ITimer? _timer;

    public void Start() => _timer = time.CreateTimer(_ => OfferDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Committed(IReadOnlyList<JournalEntry> entries)
    {
        if (!gate.IsUp || !placement.IsShared) return;
        var now = time.GetUtcNow();
        foreach (var entry in entries)
        {
            switch (entry)
            {
                case AcceptEntry { IsRepeated: false } accept:
                    foreach (var execution in accept.Executions)
                        if (execution is { OwnerId: null, TriggerId: { } trigger }) Note(execution.Id, trigger, execution.DueAt, now);
                    break;
                case AttemptEntry { Applied: true, Change: { Status: ExecutionStatus.Retrying, TriggerId: { } trigger } change } attempt:
                    Note(attempt.Attempt.ExecutionId, trigger, change.DueAt, now);
                    break;
                case MoveEntry { Applied: true, Move: ExecutionMove.RetryNow or ExecutionMove.Release, TriggerId: { } trigger } move:
                    Note(move.ExecutionId, trigger, now, now);
                    break;
            }
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Note(Guid execution, Guid trigger, DateTimeOffset due, DateTimeOffset now)
    {
        if (triggers.Find(trigger) is not { Paused: false } found || NodePlacement.IsExclusive(found)) return; // for one node alone, which looks itself
        if (due <= now)
        {
            if (!transport.TryOffer(execution, trigger)) dispatcher.Sweep([trigger]);
            return;
        }
        lock (_gate)
        {
            if (_waiting.Count >= MostWaiting) return; // found by the look into the table when it is overdue
            _waiting.Enqueue((execution, trigger), due);
            if (_waiting.Peek().Execution == execution) SetTimer(due - now);
        }
    }

    private void OfferDue()
    {
        var due = new List<(Guid Execution, Guid Trigger)>();
        lock (_gate)
        {
            var now = time.GetUtcNow();
            while (_waiting.TryPeek(out var next, out var at) && at <= now)
            {
                _waiting.Dequeue();
                due.Add(next);
            }
            if (_waiting.TryPeek(out _, out var first)) SetTimer(first - now);
        }
        foreach (var (execution, trigger) in due)
            if (!transport.TryOffer(execution, trigger)) dispatcher.Sweep([trigger]);
    }

    private void SetTimer(TimeSpan wait) => _timer?.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > s_longest ? s_longest : wait + TimeSpan.FromMilliseconds(0.5), Timeout.InfiniteTimeSpan);
}
