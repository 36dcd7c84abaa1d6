using System.Collections.Concurrent;

namespace TriggerConsole.Core.Executions.Dispatch;

/// <summary>Begins the executions of one lane one after the other, each up to its first wait, so that they go out in their order.</summary>
internal sealed class OrderedStarts(ExecutionRunner runner) : IThreadPoolWorkItem
{
    /// <summary>So many in a row, then others get the thread.</summary>
    private const int Turn = 64;

    private readonly ConcurrentQueue<LaneItem> _items = new();
    private int _count;

    public void Add(LaneItem item)
    {
        _items.Enqueue(item);
        if (Interlocked.Increment(ref _count) == 1) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        for (var i = 0; i < Turn; i++)
        {
            if (_items.TryDequeue(out var item)) runner.Run(item);
            if (Interlocked.Decrement(ref _count) == 0) return;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
