using System.Numerics;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Dispatch;

/// <summary>What came of asking a lane for its next execution.</summary>
internal enum LaneAnswer
{
    Taken,
    Empty,

    /// <summary>Its own limit is reached; one of its executions must end first.</summary>
    AtLimit,

    /// <summary>It has its share of what is free; any execution must end first.</summary>
    AtShare,

    /// <summary>All workers of the queues of its executions are busy; one must be free first.</summary>
    AtQueue,

    /// <summary>Rate limit or open circuit: ask again at the given time.</summary>
    NotYet,

    /// <summary>The probe of a half-open circuit must end first.</summary>
    Probing,

    /// <summary>The connection to its target must come back first.</summary>
    Disconnected,
}

/// <summary>
/// All executions of one trigger that this node holds in memory, in order: highest priority first, then as they came. One lane
/// that stands still does not hold up the others. The dispatcher's lock guards it.
/// </summary>
internal sealed class Lane(Guid triggerId, ExecutionRunner runner)
{
    // By priority, made when the first of it comes; most triggers have one
    private readonly PriorityQueue<LaneItem, long>?[] _waiting = new PriorityQueue<LaneItem, long>?[JobQueue.Priorities];
    private readonly int[] _held = new int[JobQueue.Priorities];
    private readonly OrderedStarts _starts = new(runner);
    private ITargetConnections? _connections;
    private bool _keepsOrder;
    private long _sequence;

    public Guid TriggerId { get; } = triggerId;

    public ExecutionRunner Runner { get; } = runner;

    /// <summary><see cref="PreparedTrigger.TargetKey"/>; null until its trigger is known.</summary>
    public string? TargetKey { get; private set; }

    /// <summary>Whether its target can be reached now; always so for kinds that connect for each attempt.</summary>
    public bool IsConnected => _connections is null || _connections.IsConnected(TargetKey!);

    public TriggerKind Kind { get; private set; }

    public int Waiting { get; private set; }

    /// <summary>The priorities of which some wait, as bits.</summary>
    public int Priorities { get; private set; }

    public int Running { get; set; }

    /// <summary>Seats taken in the memory window: reserved, waiting, running, finishing.</summary>
    public int Held { get; set; }

    public long HeldBytes { get; set; }

    public int HeldOf(int priority) => _held[priority];

    public void NoteHeld(int priority, int change) => _held[priority] += change;

    public bool Paused { get; private set; }

    /// <summary>Another node runs this trigger: nothing of it is seated or claimed here.</summary>
    public bool Elsewhere { get; set; }

    /// <summary>No other node may hold executions of it when this one claims some.</summary>
    public bool Alone { get; set; }

    /// <summary>It moved here: nothing is claimed before this time.</summary>
    public DateTimeOffset HereAfter { get; set; }

    /// <summary>Executions it may hold in memory; what is more is left for other nodes.</summary>
    public int MaxHeld { get; set; } = int.MaxValue;

    public int MaxConcurrent { get; private set; } = 1;

    public TokenBucket? Rate { get; private set; }

    public CircuitBreaker? Breaker { get; private set; }

    /// <summary>Older executions wait in the table, so newer ones must queue up behind them there.</summary>
    public bool Overflowed { get; set; }

    /// <summary>When the first of those in the table is due that are not yet (retries, delayed ones); null when none is known.</summary>
    public DateTimeOffset? NextDue { get; set; }

    public bool Refilling { get; set; }

    /// <summary>Grows whenever rows are added to the table, so that a refill knows whether "no more" is still true.</summary>
    public int TableVersion { get; set; }

    /// <summary>The priorities that the last refill left in the table because their queue was full, as bits.</summary>
    public int LeftOut { get; set; }

    /// <summary>The <see cref="TableVersion"/> at which all else had been fetched; -1 when some was left.</summary>
    public int SettledVersion { get; set; } = -1;

    /// <summary>The ready list it stands in (its priority); -1 for none.</summary>
    public int ReadyAt { get; set; } = -1;

    public bool WaitsForShare { get; set; }

    /// <summary>The priorities for whose queue it stands in line, as bits.</summary>
    public int WaitsForQueues { get; set; }

    /// <summary>When the timer will look at it again.</summary>
    public DateTimeOffset? WakeAt { get; set; }

    public int WaitingOf(int priority) => _waiting[priority]?.Count ?? 0;

    /// <summary>How many wait of some priorities, counted no further than <paramref name="most"/>.</summary>
    public int WaitingOf(int priorities, int most)
    {
        var count = 0;
        for (var left = priorities & Priorities; left != 0 && count < most; left &= left - 1) count += _waiting[BitOperations.TrailingZeroCount(left)]!.Count;
        return count;
    }

    public void Configure(RuntimeTrigger trigger, ExecutionOptions options, CircuitBreaker breaker, DateTimeOffset now)
    {
        (Paused, Kind) = (trigger.Paused, trigger.Kind.Kind);
        (TargetKey, _connections, _keepsOrder) = (trigger.Prepared.TargetKey, trigger.Kind.Connections, trigger.Kind.KeepsOrder);
        MaxConcurrent = trigger.Limits.MaxConcurrent ?? options.MaxConcurrencyPerTrigger;
        Breaker = breaker;
        if (trigger.Limits.RatePerSecond is not { } rate) Rate = null;
        else if (Rate is null || Rate.Rate != rate || Rate.Burst != trigger.Limits.Burst) Rate = new(rate, trigger.Limits.Burst, now);
    }

    public void Add(LaneItem item)
    {
        item.State = LaneItemState.Waiting;
        var priority = item.Execution.Priority;
        (_waiting[priority] ??= new()).Enqueue(item, item.Sequence ??= _sequence++);
        Priorities |= 1 << priority;
        Waiting++;
    }

    /// <summary>Has a taken execution run.</summary>
    public void Start(LaneItem item)
    {
        if (_keepsOrder) _starts.Add(item);
        else ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
    }

    /// <summary>Takes the next execution if limits, rate and circuit let it start.</summary>
    /// <param name="open">The priorities whose queue has a free worker, as bits.</param>
    public LaneAnswer TryTake(int free, int open, DateTimeOffset now, out LaneItem? item, out DateTimeOffset? retryAt)
    {
        (item, retryAt) = (null, null);
        if (Paused || Elsewhere) return LaneAnswer.Empty;
        int startable;
        while (true)
        {
            if (Priorities == 0) return LaneAnswer.Empty;
            startable = Priorities & open;
            if (startable == 0) return LaneAnswer.AtQueue;
            if (!Head(startable).CancelRequested) break;
            Dequeue(startable);
        }
        if (Running >= MaxConcurrent) return LaneAnswer.AtLimit;
        if (Running >= free) return LaneAnswer.AtShare;
        if (!IsConnected) return LaneAnswer.Disconnected;
        if (Breaker is { } breaker && !breaker.MayStart(now, out retryAt)) return retryAt is null ? LaneAnswer.Probing : LaneAnswer.NotYet;
        if (Rate is { } rate)
        {
            if (!rate.HasToken(now, out var availableAt))
            {
                retryAt = availableAt;
                return LaneAnswer.NotYet;
            }
            rate.Take();
        }
        item = Dequeue(startable);
        item.IsProbe = Breaker?.Start() ?? false;
        item.State = LaneItemState.Running;
        Running++;
        return LaneAnswer.Taken;
    }

    /// <summary>Takes out all that wait of some priorities: their trigger or their queue was paused.</summary>
    public List<LaneItem> TakeWaiting(int priorities)
    {
        var items = new List<LaneItem>();
        for (var left = priorities & Priorities; left != 0; left &= left - 1)
        {
            var waiting = _waiting[BitOperations.TrailingZeroCount(left)]!;
            items.AddRange(waiting.UnorderedItems.Select(x => x.Element).Where(x => !x.CancelRequested));
            Waiting -= waiting.Count;
            waiting.Clear();
        }
        Priorities &= ~priorities;
        return items;
    }

    private LaneItem Head(int priorities) => _waiting[BitOperations.Log2((uint)priorities)]!.Peek();

    private LaneItem Dequeue(int priorities)
    {
        var priority = BitOperations.Log2((uint)priorities);
        var waiting = _waiting[priority]!;
        var item = waiting.Dequeue();
        if (waiting.Count == 0) Priorities &= ~(1 << priority);
        Waiting--;
        return item;
    }
}
