using System.Numerics;

namespace TriggerConsole.Core.Executions.Dispatch;

internal sealed partial class Dispatcher
{
    // Every so many starts the lowest priority goes first, so that it is slow but never starved
    private const int StartsPerLowestFirst = 32;

    private readonly Queue<Lane>[] _ready = [.. Enumerable.Range(0, Priorities).Select(_ => new Queue<Lane>())];
    private readonly Queue<Lane> _waitForShare = new();
    private int _starts;

    /// <summary>Starts whatever limits let start.</summary>
    public void Pump()
    {
        lock (_gate)
        {
            if (_stopping || _lease is { MayStart: false }) return;
            var now = _time.GetUtcNow();
            while (_running < _options.MaxConcurrency && NextReady() is { } lane)
            {
                var answer = lane.TryTake(_options.MaxConcurrency - _running, _slots.Open(lane.Kind), now, out var item, out var retryAt);
                switch (answer)
                {
                    case LaneAnswer.Taken:
                        _running++;
                        _starts++;
                        _slots.Started(item!.Execution);
                        lane.Start(item);
                        MakeReady(lane);
                        break;
                    case LaneAnswer.AtShare:
                        if (!lane.WaitsForShare) _waitForShare.Enqueue(lane);
                        lane.WaitsForShare = true;
                        break;
                    case LaneAnswer.AtQueue:
                        WaitForQueue(lane);
                        break;
                    case LaneAnswer.NotYet:
                        Wake(lane, retryAt!.Value);
                        break;
                    case LaneAnswer.Empty:
                        ConsiderRefill(lane);
                        break;
                        // AtLimit, Probing: the end of one of its executions makes it ready again. Disconnected: the connection does.
                }
                // The worker it did not take is another's
                if (_slots.HasLimits && answer is not (LaneAnswer.Taken or LaneAnswer.AtQueue)) ReadyOneThatWaitsForQueue(lane.Kind);
                ConsiderRefill(lane);
            }
        }
    }

    private bool IsLowestFirst => _starts % StartsPerLowestFirst == StartsPerLowestFirst - 1;

    /// <summary>Puts the lane into the list of the highest priority it could start, unless it stands in that or a higher one.</summary>
    private void MakeReady(Lane lane)
    {
        if (lane.Priorities == 0 || lane.Paused) return;
        var startable = lane.Priorities & _slots.Open(lane.Kind);
        if (startable != lane.Priorities) WaitForQueue(lane); // for what it must pass over
        if (startable == 0) return;
        var priority = BitOperations.Log2((uint)startable);
        if (priority <= lane.ReadyAt) return;
        lane.ReadyAt = priority; // where it stood before, it is passed over
        _ready[priority].Enqueue(lane);
    }

    private Lane? NextReady()
    {
        var lowestFirst = IsLowestFirst;
        for (var i = 0; i < Priorities; i++)
        {
            var priority = lowestFirst ? i : Priorities - 1 - i;
            while (_ready[priority].TryDequeue(out var lane))
            {
                if (lane.ReadyAt != priority) continue;
                lane.ReadyAt = -1;
                return lane;
            }
        }
        return null;
    }

    // One that ended leaves room for about one more; those that wait for their share take turns
    private void ReadyOneThatWaitsForShare()
    {
        for (var i = 0; i < 2 && _waitForShare.TryDequeue(out var lane); i++)
        {
            lane.WaitsForShare = false;
            MakeReady(lane);
        }
    }
}
