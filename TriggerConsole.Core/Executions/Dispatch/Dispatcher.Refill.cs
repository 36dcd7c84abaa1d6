using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Journal;

namespace TriggerConsole.Core.Executions.Dispatch;

internal sealed partial class Dispatcher
{
    private const int ClaimBatch = 256;
    private const int LowWater = 128;
    private static readonly TimeSpan s_claimRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_lockedRetry = TimeSpan.FromMilliseconds(20);

    private readonly PriorityQueue<Lane, DateTimeOffset> _wakeups = new();
    private readonly ITimer _timer;
    private DateTimeOffset? _timerAt;

    /// <summary>Asks the table for more if this lane's memory runs low and the table may have something due.</summary>
    private void ConsiderRefill(Lane lane)
    {
        if (_stopping || lane.Paused || lane.Elsewhere || lane.Refilling || StartableOf(lane) >= LowWaterOf(lane)) return;
        var now = _time.GetUtcNow();
        if (lane.HereAfter > now)
        {
            Wake(lane, lane.HereAfter);
            return;
        }
        if (!lane.Overflowed || IsSettled(lane))
        {
            if (lane.NextDue is not { } due) return;
            if (due > now)
            {
                Wake(lane, due);
                return;
            }
        }
        var seats = Math.Min(Math.Min(ClaimBatch, lane.MaxHeld - lane.Held), _options.MemoryWindow - _held - lane.Held);
        var bytes = _options.MemoryWindowBytes - _heldBytes - lane.HeldBytes;
        if (seats < 1 || bytes < 1)
        {
            if (lane.Held > 0) return; // one of its own will free a seat and come here again
            (seats, bytes) = (1, 1); // a lane that holds nothing may always have one
        }
        var priorities = ClaimableOf(lane);
        if (priorities == 0) return; // all of it is paused, or holds enough of queues that are full; a free worker comes here again
        if (_slots.HasLimits && (priorities & ~_slots.Open(lane.Kind)) != 0) seats = Math.Min(seats, LowWaterOf(lane)); // those of a full queue would only take the room of others
        var entry = new RefillEntry(this, lane, lane.TableVersion, _node.Id, seats, bytes, Clock.Truncate(now)) { Alone = lane.Alone, Priorities = priorities };
        if (!_journal.TryAppend(entry))
        {
            Wake(lane, now + s_claimRetry);
            return;
        }
        lane.Refilling = true;
        _held += seats;
        lane.Held += seats;
    }

    private void Refilled(RefillEntry entry, bool failed)
    {
        lock (_gate)
        {
            var lane = entry.Lane;
            lane.Refilling = false;
            _held -= entry.Limit;
            lane.Held -= entry.Limit;
            foreach (var (execution, stored) in entry.Claimed)
            {
                var item = new LaneItem(lane, execution, new EventContent(stored));
                TakeSeat(item);
                if (MustGoBack(item)) Release(item);
                else if (IsPaused(execution)) Release(item, overflows: false);
                else Enqueue(item);
            }
            if (failed)
            {
                Wake(lane, _time.GetUtcNow() + s_claimRetry);
                return;
            }
            var unchanged = lane.TableVersion == entry.TableVersion;
            if (!entry.Exhausted) lane.NextDue = entry.Now;
            else if (unchanged) lane.NextDue = entry.NextDue;
            else if (entry.NextDue is { } next && !(lane.NextDue < next)) lane.NextDue = next;
            // Rows still on their way to the table may now be overtaken by a few milliseconds; a trigger that runs one at a
            // time asks for strict order, so it waits until none is on its way
            // What was left out because its queue is full is there still: newer ones must queue up behind it
            lane.LeftOut = _slots.NotPaused(lane.Kind) & ~entry.Priorities;
            lane.SettledVersion = entry.Exhausted ? entry.TableVersion : -1;
            if (entry.Exhausted && lane.LeftOut == 0 && (unchanged || lane.MaxConcurrent > 1)) lane.Overflowed = false;
            // All that is due is in the hands of other nodes at this moment
            if (!entry.Exhausted && entry.Claimed.Count == 0 && _placement is { IsShared: true }) Wake(lane, _time.GetUtcNow() + (lane.Alone ? s_claimRetry : s_lockedRetry));
            else ConsiderRefill(lane);
        }
    }

    private void Wake(Lane lane, DateTimeOffset at)
    {
        if (lane.WakeAt <= at) return;
        lane.WakeAt = at;
        _wakeups.Enqueue(lane, at);
        if (_timerAt is null || at < _timerAt) SetTimer(at);
    }

    private void SetTimer(DateTimeOffset? at)
    {
        _timerAt = at;
        var wait = at - _time.GetUtcNow();
        // Timers have an upper bound; waking early only sets it again
        _timer.Change(wait switch
        {
            null => Timeout.InfiniteTimeSpan,
            { } w when w <= TimeSpan.Zero => TimeSpan.Zero,
            { } w when w > TimeSpan.FromHours(1) => TimeSpan.FromHours(1),
            { } w => w + TimeSpan.FromMilliseconds(0.5), // timers fire by the millisecond, rounded down
        }, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            while (_wakeups.TryPeek(out var lane, out var at) && at <= now)
            {
                _wakeups.Dequeue();
                if (lane.WakeAt != at) continue; // it was woken earlier
                lane.WakeAt = null;
                MakeReady(lane);
                ConsiderRefill(lane);
            }
            SetTimer(_wakeups.TryPeek(out _, out var next) ? next : null);
        }
        Pump();
    }

    private sealed class RefillEntry(Dispatcher dispatcher, Lane lane, int tableVersion, Guid node, int limit, long maxBytes, DateTimeOffset now)
        : ClaimEntry(lane.TriggerId, node, limit, maxBytes, now)
    {
        public Lane Lane { get; } = lane;

        public int TableVersion { get; } = tableVersion;

        public override void OnCommitted() => dispatcher.Refilled(this, failed: false);

        public override void OnFailed(Exception exception)
        {
            Claimed.Clear();
            dispatcher.Refilled(this, failed: true);
        }
    }
}
