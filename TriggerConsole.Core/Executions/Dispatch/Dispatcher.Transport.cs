using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Transport;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Dispatch;

/// <summary>
/// With a transport, this node seats what it can run at once, and everything else that is due travels through the queue. Such lanes do
/// not look into the table by themselves; they do ("sweep") when something may wait there that no message will bring.
/// </summary>
internal sealed partial class Dispatcher
{
    // What is due for so long, while nothing comes through the queue or while much does, has lost its message
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_overdue = TimeSpan.FromSeconds(30);

    // A lane in which nothing has ended for so long must not take the whole prefetch
    private static readonly TimeSpan s_stuck = TimeSpan.FromSeconds(1);

    // Clocks of nodes differ; better a little too early than left to the sweep
    private static readonly TimeSpan s_clockSlack = TimeSpan.FromMilliseconds(500);

    private int _carried;

    /// <summary>Executions of these triggers wait in the table, and no message will bring them.</summary>
    public void Sweep(IEnumerable<Guid> triggers)
    {
        lock (_gate)
        {
            foreach (var trigger in triggers)
                if (_triggers.Find(trigger) is not null) Sweep(LaneOf(trigger));
        }
    }

    /// <summary>The look into the table has found these, each with when its first is due.</summary>
    /// <param name="isAll">Messages may have been missed: whatever is due is taken.</param>
    public void NoteWaiting(IReadOnlyList<(Guid Trigger, DateTimeOffset Due)> rows, bool isAll)
    {
        lock (_gate)
        {
            var patience = isAll ? TimeSpan.Zero : _transport is { } transport && _time.GetElapsedTime(transport.LastDelivery) < s_quiet ? s_overdue : s_quiet;
            var overdue = _time.GetUtcNow() - patience;
            foreach (var (trigger, due) in rows)
                if (_lanes.TryGetValue(trigger, out var lane) && lane.Carried && due <= overdue) Sweep(lane);
        }
        NoteTable(rows);
    }

    /// <summary>
    /// Takes executions that came through the queue. Each delivery is settled by the time its execution has ended, or at once when there
    /// is nothing to do for it here. False when nothing can be looked at now; then they were given back.
    /// </summary>
    public bool TakeCarried(IReadOnlyCollection<IDelivery> deliveries)
    {
        lock (_gate)
        {
            if (_stopping) return true; // the broker gives them to others when the connection ends
            var taken = new Dictionary<Guid, IDelivery>();
            foreach (var delivery in deliveries)
                if (MayTake(delivery) && taken.TryAdd(delivery.ExecutionId, delivery)) Reserve(delivery);
                else delivery.Done();
            if (taken.Count == 0) return true;
            var entry = new CarriedEntry(this, taken, _node.Id, Clock.Truncate(_time.GetUtcNow() + s_clockSlack));
            if (_journal.TryAppend(entry)) return true;
            foreach (var delivery in taken.Values)
            {
                Unreserve(delivery);
                delivery.Return();
            }
            return false;
        }
    }

    private bool MayTake(IDelivery delivery)
    {
        if (_items.ContainsKey(delivery.ExecutionId) || _triggers.Find(delivery.TriggerId) is null) return false;
        var lane = LaneOf(delivery.TriggerId);
        var isOpen = lane.Carried && !lane.Paused && _held < _options.MemoryWindow && _heldBytes < _options.MemoryWindowBytes
            && (lane.CarriedHeld < _options.RabbitMq.Prefetch - _carried || _time.GetElapsedTime(lane.LastEnd) < s_stuck);
        // It is taken from the table when there is room again, or another node does
        if (!isOpen) Sweep(lane);
        return isOpen;
    }

    private void Reserve(IDelivery delivery)
    {
        var lane = LaneOf(delivery.TriggerId);
        (_held, _carried, lane.Held, lane.CarriedHeld) = (_held + 1, _carried + 1, lane.Held + 1, lane.CarriedHeld + 1);
    }

    private void Unreserve(IDelivery delivery)
    {
        var lane = LaneOf(delivery.TriggerId);
        (_held, _carried, lane.Held, lane.CarriedHeld) = (_held - 1, _carried - 1, lane.Held - 1, lane.CarriedHeld - 1);
    }

    private void Carried(CarriedEntry entry, bool failed)
    {
        lock (_gate)
        {
            foreach (var delivery in entry.Deliveries.Values) Unreserve(delivery);
            foreach (var (execution, stored) in entry.Claimed)
            {
                entry.Deliveries.Remove(execution.Id, out var delivery);
                var item = new LaneItem(LaneOf(execution.TriggerId!.Value), execution, new EventContent(stored)) { Delivery = delivery };
                TakeSeat(item);
                if (MustGoBack(item)) Release(item);
                else if (IsPaused(execution)) Release(item, overflows: false);
                else Enqueue(item);
            }
            // What is left has ended, is another node's, or is not due: nothing to do for it
            foreach (var delivery in entry.Deliveries.Values)
                if (failed) delivery.Return();
                else delivery.Done();
        }
    }

    private void Sweep(Lane lane)
    {
        lane.TableVersion++;
        (lane.Sweeps, lane.Overflowed) = (lane.Carried, true);
        ConsiderRefill(lane);
    }

    /// <summary>Whether executions of this lane go through the queue has to be looked at again.</summary>
    private void Carry(Lane lane, RuntimeTrigger trigger)
    {
        var before = lane.Carried;
        // While a queue of its kind is paused or has few workers, the table is the place to wait
        var isFree = _slots.NotPaused(trigger.Kind.Kind) == QueueSlots.AnyPriority && !_slots.HasLimits;
        lane.Carried = _transport is { IsUp: true } && _placement is { IsShared: true } && !lane.Elsewhere && !NodePlacement.IsExclusive(trigger) && isFree;
        if (lane.Carried) lane.MaxHeld = lane.MaxConcurrent; // what it can run at once
        if (before != lane.Carried) Sweep(lane);
    }

    private void TransportChanged()
    {
        lock (_gate)
        {
            foreach (var lane in _lanes.Values)
                if (_triggers.Find(lane.TriggerId) is { } trigger) Place(lane, trigger, isNew: false);
        }
        Pump();
    }

    private sealed class CarriedEntry(Dispatcher dispatcher, Dictionary<Guid, IDelivery> deliveries, Guid owner, DateTimeOffset now) : ClaimByIdEntry([.. deliveries.Keys], owner, now)
    {
        public Dictionary<Guid, IDelivery> Deliveries { get; } = deliveries;

        public override void OnCommitted() => dispatcher.Carried(this, failed: false);

        public override void OnFailed(Exception exception)
        {
            Claimed.Clear();
            dispatcher.Carried(this, failed: true);
        }
    }
}
