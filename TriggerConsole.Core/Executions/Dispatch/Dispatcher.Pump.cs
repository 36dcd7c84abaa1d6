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
                switch (lane.TryTake(_options.MaxConcurrency - _running, now, out var item, out var retryAt))
                {
                    case LaneAnswer.Taken:
                        _running++;
                        _starts++;
                        lane.Start(item!);
                        MakeReady(lane);
                        break;
                    case LaneAnswer.AtShare:
                        if (!lane.WaitsForShare) _waitForShare.Enqueue(lane);
                        lane.WaitsForShare = true;
                        break;
                    case LaneAnswer.NotYet:
                        Wake(lane, retryAt!.Value);
                        break;
                    case LaneAnswer.Empty:
                        ConsiderRefill(lane);
                        break;
                        // AtLimit, Probing: the end of one of its executions makes it ready again. Disconnected: the connection does.
                }
                ConsiderRefill(lane);
            }
        }
    }

    /// <summary>Puts the lane into the list of its first execution's priority, unless it stands in that or a higher one.</summary>
    private void MakeReady(Lane lane)
    {
        var priority = lane.HeadPriority;
        if (priority < 0 || priority <= lane.ReadyAt || lane.Paused) return;
        lane.ReadyAt = priority; // where it stood before, it is passed over
        _ready[priority].Enqueue(lane);
    }

    private Lane? NextReady()
    {
        var lowestFirst = _starts % StartsPerLowestFirst == StartsPerLowestFirst - 1;
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
