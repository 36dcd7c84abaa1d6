using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Dispatch;

/// <summary>A queue as this node's dispatcher sees it.</summary>
/// <param name="Running">Attempts under way here.</param>
/// <param name="Workers">How many may be: the queue's own limit or that of its kind; null when neither has one.</param>
/// <param name="HasOwnWorkers">It has a limit of its own.</param>
internal readonly record struct QueueSlot(int Running, int? Workers, bool HasOwnWorkers, bool IsPaused);

/// <summary>
/// How many executions of each queue (kind and priority) run on this node, how many may, and which queues are paused. The priorities
/// of a kind that may start now are kept as bits, so that starting and ending cost an array element each. The dispatcher's lock guards it.
/// </summary>
internal sealed class QueueSlots
{
    /// <summary>All priorities.</summary>
    public const int AnyPriority = (1 << JobQueue.Priorities) - 1;

    private const int LeastHeld = 128;

    private readonly int[] _running = new int[JobQueue.Count];
    private readonly int[] _mostHeld = new int[JobQueue.Count];
    private readonly int[] _limits = new int[JobQueue.Count];
    private readonly int[] _runningOfKind = new int[JobQueue.Count / JobQueue.Priorities];
    private readonly int[] _limitsOfKind = new int[JobQueue.Count / JobQueue.Priorities];
    private readonly int[] _paused = new int[JobQueue.Count / JobQueue.Priorities];
    private readonly int[] _free = new int[JobQueue.Count / JobQueue.Priorities];

    /// <param name="workers"><see cref="ExecutionOptions.Workers"/>; valid.</param>
    public QueueSlots(IReadOnlyDictionary<string, int> workers)
    {
        Array.Fill(_limits, int.MaxValue);
        Array.Fill(_limitsOfKind, int.MaxValue);
        Array.Fill(_free, AnyPriority);
        foreach (var (name, limit) in workers)
        {
            if (JobQueue.TryParse(name, out var queue)) _limits[queue.Index] = limit;
            else if (JobQueue.TryParseKind(name, out var kind)) _limitsOfKind[(int)kind] = limit;
        }
        for (var queue = 0; queue < JobQueue.Count; queue++)
            _mostHeld[queue] = Math.Min(_limits[queue], _limitsOfKind[queue / JobQueue.Priorities]) is var limit and < int.MaxValue / 2 ? Math.Max(LeastHeld, 2 * limit) : int.MaxValue;
        HasLimits = workers.Count > 0;
    }

    /// <summary>Some queue has a limit, so that lanes may have to wait for one.</summary>
    public bool HasLimits { get; }

    /// <summary>How many executions of a queue with few workers one trigger may hold in memory, so that they leave room for its others.</summary>
    /// <param name="most">How many it may hold of all its executions.</param>
    public int MostHeld(Execution execution, int most)
        => _mostHeld[(int)execution.Kind * JobQueue.Priorities + execution.Priority] is var limited and < int.MaxValue ? Math.Min(limited, most / 2) : int.MaxValue;

    /// <summary>The priorities of a kind that may start one now, as bits.</summary>
    public int Open(TriggerKind kind) => _runningOfKind[(int)kind] < _limitsOfKind[(int)kind] ? _free[(int)kind] & ~_paused[(int)kind] : 0;

    /// <summary>The priorities of a kind that are not paused, as bits: the others stay in the table.</summary>
    public int NotPaused(TriggerKind kind) => AnyPriority & ~_paused[(int)kind];

    public bool IsPaused(TriggerKind kind, int priority) => (_paused[(int)kind] & 1 << priority) != 0;

    public QueueSlot this[int queue]
    {
        get
        {
            var limit = Math.Min(_limits[queue], _limitsOfKind[queue / JobQueue.Priorities]);
            return new(_running[queue], limit == int.MaxValue ? null : limit, _limits[queue] != int.MaxValue, IsPaused((TriggerKind)(queue / JobQueue.Priorities), queue % JobQueue.Priorities));
        }
    }

    public void Started(Execution execution)
    {
        var kind = (int)execution.Kind;
        var queue = kind * JobQueue.Priorities + execution.Priority;
        _runningOfKind[kind]++;
        if (++_running[queue] >= _limits[queue]) _free[kind] &= ~(1 << execution.Priority);
    }

    public void Ended(Execution execution)
    {
        var kind = (int)execution.Kind;
        var queue = kind * JobQueue.Priorities + execution.Priority;
        _runningOfKind[kind]--;
        if (--_running[queue] < _limits[queue]) _free[kind] |= 1 << execution.Priority;
    }

    /// <returns>Whether anything changed.</returns>
    public bool Pause(IReadOnlySet<JobQueue> paused)
    {
        var changed = false;
        for (var kind = 0; kind < _paused.Length; kind++)
        {
            var bits = paused.Where(q => (int)q.Kind == kind).Aggregate(0, (all, queue) => all | 1 << queue.Priority);
            changed |= bits != _paused[kind];
            _paused[kind] = bits;
        }
        return changed;
    }
}
