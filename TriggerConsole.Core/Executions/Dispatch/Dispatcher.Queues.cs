using System.Numerics;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Dispatch;

/// <remarks>
/// A queue is all executions of one kind and priority, whatever their triggers. One that has its workers busy is passed over: its
/// lanes go on with other priorities, and those with nothing else wait in line for the queue. The one that waited longest is asked
/// first when a worker is free, before the lane whose execution has just ended, so that triggers take turns.
/// </remarks>
internal sealed partial class Dispatcher
{
    private readonly Queue<Lane>?[] _waitForQueue = new Queue<Lane>?[JobQueue.Count];
    private readonly int[] _waitedFor = new int[JobQueue.Count / JobQueue.Priorities]; // by kind, the priorities whose queue someone waits for, as bits

    /// <summary>All queues, by <see cref="JobQueue.Index"/>.</summary>
    public IReadOnlyList<QueueSlot> Queues
    {
        get { lock (_gate) return [.. Enumerable.Range(0, JobQueue.Count).Select(queue => _slots[queue])]; }
    }

    /// <summary>Attempts that have been under way for too long.</summary>
    /// <param name="isStuck">By trigger and when it began. Called under the lock: must be quick.</param>
    public IReadOnlyList<StuckAttempt> FindStuck(Func<Guid, DateTimeOffset, bool> isStuck)
    {
        lock (_gate)
        {
            List<StuckAttempt>? stuck = null;
            foreach (var item in _items.Values)
                if (item.State == LaneItemState.Running && item.StartedAt != default && isStuck(item.Lane.TriggerId, item.StartedAt))
                    (stuck ??= []).Add(new(item.Execution.Id, item.Lane.TriggerId, item.StartedAt, item.Execution.Attempts + 1));
            return stuck ?? (IReadOnlyList<StuckAttempt>)[];
        }
    }

    /// <summary>
    /// These queues are paused, all others are not. What waits in one goes back to the table and is not taken from there; attempts
    /// under way end as they will.
    /// </summary>
    public void PauseQueues(IReadOnlySet<JobQueue> paused)
    {
        lock (_gate)
        {
            if (!_slots.Pause(paused)) return;
            foreach (var lane in _lanes.Values)
            {
                foreach (var item in lane.TakeWaiting(~_slots.NotPaused(lane.Kind))) Release(item, overflows: false);
                // What was left in the table meanwhile may be there
                lane.Overflowed = true;
                MakeReady(lane);
                ConsiderRefill(lane);
            }
        }
        Pump();
    }

    private bool IsPaused(Execution execution) => _slots.IsPaused(execution.Kind, execution.Priority);

    // What it holds of queues that are full is no reason not to fetch others; and of those it has enough
    private int ClaimableOf(Lane lane)
    {
        var priorities = _slots.NotPaused(lane.Kind);
        if (!_slots.HasLimits) return priorities;
        var open = _slots.Open(lane.Kind);
        for (var priority = 0; priority < Priorities; priority++)
            if ((open & 1 << priority) == 0 && lane.WaitingOf(priority) >= LowWaterOf(lane)) priorities &= ~(1 << priority);
        return priorities;
    }

    private static int LowWaterOf(Lane lane) => Math.Min(LowWater, lane.MaxHeld / 4);

    // All was fetched but what was left out on purpose, and there is no reason yet to fetch that
    private bool IsSettled(Lane lane) => lane.LeftOut != 0 && lane.SettledVersion == lane.TableVersion && (ClaimableOf(lane) & lane.LeftOut) == 0;

    private int StartableOf(Lane lane) => _slots.HasLimits ? lane.WaitingOf(_slots.Open(lane.Kind), LowWater) : lane.Waiting;

    private void WaitForQueue(Lane lane)
    {
        for (var wanted = lane.Priorities & ~lane.WaitsForQueues; wanted != 0; wanted &= wanted - 1)
        {
            var priority = BitOperations.TrailingZeroCount(wanted);
            (_waitForQueue[new JobQueue(lane.Kind, priority).Index] ??= new()).Enqueue(lane);
            _waitedFor[(int)lane.Kind] |= 1 << priority;
        }
        lane.WaitsForQueues |= lane.Priorities;
    }

    // A worker of this kind may be free: the lane that has waited longest for the highest priority that may start, as a rule
    private void ReadyOneThatWaitsForQueue(TriggerKind kind)
    {
        while ((_waitedFor[(int)kind] & _slots.Open(kind)) is var both and not 0)
        {
            var priority = IsLowestFirst ? BitOperations.TrailingZeroCount(both) : BitOperations.Log2((uint)both);
            var waiting = _waitForQueue[new JobQueue(kind, priority).Index]!;
            var lane = waiting.Dequeue();
            lane.WaitsForQueues &= ~(1 << priority);
            if (waiting.Count == 0) _waitedFor[(int)kind] &= ~(1 << priority);
            if (lane.Paused || (lane.Priorities & 1 << priority) == 0) continue;
            MakeReady(lane);
            return;
        }
    }
}

/// <summary>An attempt that has been under way for longer than its own limit and a margin.</summary>
/// <param name="Attempt">Its number, from 1.</param>
internal readonly record struct StuckAttempt(Guid ExecutionId, Guid TriggerId, DateTimeOffset StartedAt, int Attempt);
