using Microsoft.Extensions.Options;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Dispatch;

/// <summary>
/// Decides what runs when. Calm: an execution gets a seat in memory before its row is written, and starts as soon as the row is
/// on disk. Not calm: what finds no seat waits in the table and is claimed in batches when its lane has drained.
/// Fairness follows one rule twice: a trigger may hold no more seats, and run no more executions, than are still free
/// (dynamic thresholds, Choudhury and Hahne 1998), so however many targets hang, there is room for the next one.
/// </summary>
/// <remarks>
/// Files: this one keeps the seats, <c>.Pump</c> starts executions, <c>.Refill</c> claims from the table and wakes lanes,
/// <c>.Queues</c> keeps the workers of queues, <c>.Control</c> pauses, cancels and stops, <c>.Nodes</c> shares the work with other nodes. One lock guards
/// all; nothing under it waits or calls out, except to append to
/// the journal, whose lock is always the inner one.
/// </remarks>
internal sealed partial class Dispatcher : IDisposable
{
    private const int Priorities = 10;

    // A connection may come back between an attempt that missed it and the look at it, but not again and again
    private const int MostSentNothing = 3;

    private readonly ExecutionJournal _journal;
    private readonly TriggerDirectory _triggers;
    private readonly ExecutionOptions _options;
    private readonly TimeProvider _time;
    private readonly ExecutionRunner _runner;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Lane> _lanes = [];
    private readonly Dictionary<Guid, LaneItem> _items = [];
    private readonly Dictionary<string, CircuitBreaker> _breakers = [];
    private readonly HashSet<ITargetConnections> _connections = [];
    private readonly ExecutionNode _node;
    private readonly NodePlacement? _placement;
    private readonly NodeLease? _lease;
    private readonly QueueSlots _slots;
    private int _held;
    private long _heldBytes;
    private int _running;
    private bool _stopping;

    /// <param name="placement">Which triggers run here when several nodes share the database; null for all of them.</param>
    /// <param name="lease">Whether this node may begin anything; null for always.</param>
    public Dispatcher(
        ExecutionNode node, ExecutionJournal journal, TriggerDirectory triggers, ExecutionRunner runner, IOptions<ExecutionOptions> options, TimeProvider time,
        NodePlacement? placement = null, NodeLease? lease = null)
    {
        (_node, _journal, _triggers, _runner, _options, _time, _placement, _lease) = (node, journal, triggers, runner, options.Value, time, placement, lease);
        _slots = new(_options.Workers);
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        runner.Attach(this);
    }

    /// <summary>
    /// Keeps a seat for an execution that is about to be written, and makes it this node's. Null when there is none: then it
    /// goes to the table without an owner.
    /// </summary>
    public LaneItem? TryReserve(RuntimeTrigger trigger, Execution execution, EventContent content)
    {
        lock (_gate)
        {
            var lane = LaneOf(trigger.Id);
            if (execution.DueAt > _time.GetUtcNow() || IsPaused(execution)) return null;
            var bytes = content.Stored.Body.Length;
            if (_stopping || lane.Paused || lane.Elsewhere || lane.Overflowed || !HasSeat(lane, bytes) || lane.HeldOf(execution.Priority) >= _slots.MostHeld(execution, lane.MaxHeld))
            {
                lane.Overflowed = true;
                return null;
            }
            execution.OwnerId = _node.Id;
            var item = new LaneItem(lane, execution, content);
            TakeSeat(item);
            return item;
        }
    }

    /// <summary>Its row was not written: the seat is free again.</summary>
    public void Unreserve(LaneItem item)
    {
        lock (_gate) FreeSeat(item);
    }

    /// <summary>Its row is on disk: it may start. <see cref="Pump"/> follows once per batch.</summary>
    public void Admit(LaneItem item)
    {
        lock (_gate)
        {
            if (item.CancelRequested) return; // its end is on the way already
            if (MustGoBack(item)) Release(item);
            else if (IsPaused(item.Execution)) Release(item, overflows: false);
            else Enqueue(item);
        }
    }

    /// <summary>A row without an owner is on disk: its lane will claim it when it is due.</summary>
    public void NoteTable(Guid triggerId, DateTimeOffset due)
    {
        lock (_gate)
        {
            var lane = LaneOf(triggerId);
            lane.TableVersion++;
            if (lane.NextDue is null || due < lane.NextDue) lane.NextDue = due;
            ConsiderRefill(lane);
        }
    }

    /// <summary>An attempt has ended; its record is about to be written. Another one may start.</summary>
    public void AttemptEnded(LaneItem item, bool? healthy, string? code)
    {
        EndEntry? late;
        lock (_gate)
        {
            item.State = LaneItemState.Finishing;
            (late, item.End) = (item.End, null);
            GiveUpSlot(item, healthy, code);
        }
        late?.ComesTooLate(); // someone cancelled it while it ended by itself
        Pump();
    }

    /// <summary>Its end is on disk, or it went back to the table: the seat is free.</summary>
    public void Forget(LaneItem item)
    {
        lock (_gate) FreeSeat(item);
        item.Dispose();
    }

    /// <summary>
    /// Nothing was sent, because the connection to its target had just gone: it waits again in its place, no attempt used.
    /// False when the connection is there and this has happened a few times in a row; then the attempt counts.
    /// </summary>
    public bool TryPutBack(LaneItem item)
    {
        bool waitsAgain;
        lock (_gate)
        {
            var lane = item.Lane;
            if (lane.IsConnected && ++item.SentNothing > MostSentNothing) return false;
            // What a page shows as running, or what is to end anyhow, takes the way of an attempt that was broken off
            waitsAgain = !item.MarkedRunning && !item.CancelRequested && !MustGoBack(item) && !IsPaused(item.Execution);
            if (waitsAgain)
            {
                lane.Add(item);
                GiveUpSlot(item, healthy: null, code: null);
            }
        }
        if (waitsAgain) Pump();
        else BrokenOff(item);
        return true;
    }

    public void Dispose()
    {
        foreach (var connections in _connections) connections.Connected -= OnConnected;
        _timer.Dispose();
    }

    /// <summary>A target is back: what waits for it goes on, and nothing that failed before is held against it.</summary>
    private void OnConnected(string target)
    {
        lock (_gate)
        {
            if (_breakers.TryGetValue(target, out var breaker) && breaker.Close(_time.GetUtcNow())) CircuitChanged(breaker);
            foreach (var lane in _lanes.Values)
                if (lane.TargetKey == target) MakeReady(lane);
        }
        Pump();
    }

    private Lane LaneOf(Guid triggerId)
    {
        if (_lanes.TryGetValue(triggerId, out var lane)) return lane;
        lane = new(triggerId, _runner);
        if (_triggers.Find(triggerId) is { } trigger) Configure(lane, trigger);
        return _lanes[triggerId] = lane;
    }

    private void Configure(Lane lane, RuntimeTrigger trigger)
    {
        if (trigger.Kind.Connections is { } connections && _connections.Add(connections)) connections.Connected += OnConnected;
        var isNew = lane.TargetKey is null;
        lane.Configure(trigger, _options, BreakerOf(trigger.Prepared.TargetKey), _time.GetUtcNow());
        Place(lane, trigger, isNew);
    }

    private CircuitBreaker BreakerOf(string target)
        => _breakers.TryGetValue(target, out var breaker) ? breaker : _breakers[target] = new(target, _options.CircuitBreaker);

    // It runs no longer: its slot is another's, and what it was a sign of is noted
    private void GiveUpSlot(LaneItem item, bool? healthy, string? code)
    {
        var lane = item.Lane;
        lane.Running--;
        _running--;
        _slots.Ended(item.Execution);
        SignalIfDrained();
        if (lane.Breaker is { } breaker && breaker.Record(healthy, item.IsProbe, code, _time.GetUtcNow())) CircuitChanged(breaker);
        if (_slots.HasLimits) ReadyOneThatWaitsForQueue(lane.Kind); // before this lane, so that they take turns
        MakeReady(lane);
        ReadyOneThatWaitsForShare();
        ConsiderRefill(lane);
    }

    private bool HasSeat(Lane lane, int bytes)
    {
        var free = _options.MemoryWindow - _held;
        var freeBytes = _options.MemoryWindowBytes - _heldBytes;
        // One payload may be larger than any fair share; it is let in when the lane holds nothing else
        return lane.Held < Math.Min(free, lane.MaxHeld) && (lane.Held == 0 || lane.HeldBytes + bytes <= freeBytes);
    }

    private void TakeSeat(LaneItem item)
    {
        _held++;
        _heldBytes += item.Bytes;
        item.Lane.Held++;
        item.Lane.NoteHeld(item.Execution.Priority, 1);
        item.Lane.HeldBytes += item.Bytes;
        _items[item.Execution.Id] = item;
    }

    private void FreeSeat(LaneItem item)
    {
        if (!_items.Remove(item.Execution.Id)) return;
        _held--;
        _heldBytes -= item.Bytes;
        item.Lane.Held--;
        item.Lane.NoteHeld(item.Execution.Priority, -1);
        item.Lane.HeldBytes -= item.Bytes;
        ConsiderRefill(item.Lane);
    }

    private void Enqueue(LaneItem item)
    {
        item.Lane.Add(item);
        MakeReady(item.Lane);
    }
}
