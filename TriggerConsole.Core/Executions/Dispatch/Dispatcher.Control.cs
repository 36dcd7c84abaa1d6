using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Dispatch;

internal sealed partial class Dispatcher
{
    private TaskCompletionSource? _drained;

    /// <summary>State of each circuit that is not closed, for the pages.</summary>
    public IReadOnlyList<CircuitView> OpenCircuits
    {
        get
        {
            lock (_gate)
                return [.. _breakers.Values.Where(b => b.State != CircuitState.Closed).Select(b => new CircuitView(b.Target, b.State, b.OpenUntil, b.LastCode))];
        }
    }

    /// <summary>Raised when a circuit opens or closes. Under the lock: must be quick.</summary>
    public event Action<CircuitView>? CircuitMoved;

    public DispatcherFigures Figures
    {
        get { lock (_gate) return new(_running, _held, _heldBytes); }
    }

    /// <summary>A trigger was made or changed: its lane takes over limits, rate, target and pause.</summary>
    public void Configure(RuntimeTrigger trigger)
    {
        lock (_gate)
        {
            var lane = LaneOf(trigger.Id);
            Configure(lane, trigger);
            if (lane.Paused || lane.Elsewhere)
            {
                foreach (var item in lane.TakeWaiting(QueueSlots.AnyPriority)) Release(item);
                return;
            }
            // What was held while it was paused is in the table
            lane.Overflowed = true;
            MakeReady(lane);
            ConsiderRefill(lane);
        }
        Pump();
    }

    /// <summary>After start: every trigger may have something in the table.</summary>
    public void LookIntoTable(IEnumerable<Guid> triggers)
    {
        lock (_gate)
        {
            foreach (var id in triggers)
            {
                var lane = LaneOf(id);
                lane.Overflowed = true;
                ConsiderRefill(lane);
            }
        }
    }

    /// <summary>
    /// Cancels an execution that this node holds in memory: one that waits at once, one that runs by breaking off its attempt.
    /// Returns the journal entry that ends it; null when it is not held here.
    /// </summary>
    public MoveEntry? CancelHeld(Guid executionId, string? actor)
    {
        lock (_gate)
        {
            if (!_items.TryGetValue(executionId, out var item) || item.CancelRequested || item.State == LaneItemState.Finishing) return null;
            item.CancelRequested = true;
            var end = new EndEntry(this, item, ExecutionMove.CancelOwned, item.Owner, _time.Now()) { Actor = actor };
            if (item.State == LaneItemState.Running)
            {
                item.End = end; // the runner hands it in when the attempt has stopped
                item.Cancel();
            }
            else
            {
                item.State = LaneItemState.Finishing;
                _journal.TryAppend(end);
            }
            return end;
        }
    }

    /// <summary>Executions whose attempt has been under way for longer than <paramref name="age"/> and are not yet shown as running.</summary>
    public void MarkLongRunning(TimeSpan age)
    {
        lock (_gate)
        {
            var now = _time.Now();
            foreach (var item in _items.Values)
            {
                if (item.State != LaneItemState.Running || item.MarkedRunning || item.StartedAt == default || now - item.StartedAt < age) continue;
                item.MarkedRunning = _journal.TryAppend(new MoveEntry(item.Execution.Id, ExecutionMove.MarkRunning, item.StartedAt, item.Owner));
            }
        }
    }

    /// <summary>
    /// Stops: nothing new starts; attempts under way may end within <paramref name="patience"/>, then they are broken off and go
    /// back to the table with all that waits, no attempt used.
    /// </summary>
    public async Task StopAsync(TimeSpan patience)
    {
        Task drained;
        lock (_gate)
        {
            _stopping = true;
            _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
            SignalIfDrained();
        }
        try
        {
            await drained.WaitAsync(patience, _time);
        }
        catch (TimeoutException)
        {
            lock (_gate)
                foreach (var item in _items.Values)
                    if (item.State == LaneItemState.Running) item.Cancel();
            await drained;
        }
        var release = new ReleaseAllEntry(_node.Id);
        if (_journal.TryAppend(release)) await release.Completion;
    }

    /// <summary>The attempt of this item was broken off: it is cancelled, or goes back to the table.</summary>
    public void BrokenOff(LaneItem item)
    {
        JournalEntry end;
        lock (_gate) (end, item.End) = (item.End ?? new EndEntry(this, item, ExecutionMove.Release, item.Owner, _time.Now()), null);
        _journal.TryAppend(end); // before the attempt counts as ended: a stopping node waits for that, then writes its last entry
        AttemptEnded(item, healthy: null, code: null);
    }

    /// <summary>Its trigger was deleted after it had been started: nothing is sent, it is cancelled.</summary>
    public void Discard(LaneItem item)
    {
        _journal.TryAppend(new EndEntry(this, item, ExecutionMove.CancelOwned, item.Owner, _time.Now()) { Reason = ExecutionCommands.TriggerDeleted });
        AttemptEnded(item, healthy: null, code: null);
    }

    /// <param name="overflows">What comes after it must queue up behind it in the table.</param>
    private void Release(LaneItem item, bool overflows = true)
    {
        item.State = LaneItemState.Finishing;
        if (overflows) item.Lane.Overflowed = true;
        _journal.TryAppend(new EndEntry(this, item, ExecutionMove.Release, item.Owner, _time.Now()));
    }

    private void SignalIfDrained()
    {
        if (_running == 0) _drained?.TrySetResult();
    }

    private void CircuitChanged(CircuitBreaker breaker)
    {
        CircuitMoved?.Invoke(new(breaker.Target, breaker.State, breaker.OpenUntil, breaker.LastCode));
        // Lanes of that target stand still until someone looks at them again
        foreach (var lane in _lanes.Values)
            if (lane.Breaker == breaker) MakeReady(lane);
    }

    /// <summary>The end of an execution that was not carried out here: cancelled or given back.</summary>
    internal sealed class EndEntry(Dispatcher dispatcher, LaneItem item, ExecutionMove move, Guid node, DateTimeOffset at)
        : MoveEntry(item.Execution.Id, move, at, node)
    {
        public override bool MustNotBeLost => true;

        /// <summary>The execution ended another way before this could be handed in: whoever waits for it learns that it was not applied.</summary>
        public void ComesTooLate() => base.OnCommitted();

        public override void OnCommitted()
        {
            dispatcher.Forget(item);
            if (Move == ExecutionMove.Release) dispatcher.NoteTable(item.Lane.TriggerId, item.Execution.DueAt);
            base.OnCommitted();
        }

        public override void OnFailed(Exception exception)
        {
            dispatcher.Forget(item);
            base.OnFailed(exception);
        }
    }
}

/// <summary>A circuit as pages show it.</summary>
/// <param name="Target">Scheme, host and port, or a broker.</param>
/// <param name="OpenUntil">When a probe is let through.</param>
/// <param name="LastCode">The failure that opened it.</param>
public sealed record CircuitView(string Target, CircuitState State, DateTimeOffset OpenUntil, string? LastCode);

/// <summary>What the engine holds in memory right now.</summary>
public readonly record struct DispatcherFigures(int Running, int Held, long HeldBytes);
