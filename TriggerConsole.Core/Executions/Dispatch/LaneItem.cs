using TriggerConsole.Core.Events;

namespace TriggerConsole.Core.Executions.Dispatch;

internal enum LaneItemState
{
    /// <summary>A seat is kept while its row is on the way to the disk.</summary>
    Reserved,
    Waiting,
    Running,

    /// <summary>Its end is on the way to the disk.</summary>
    Finishing,
}

/// <summary>An execution that this node holds in memory. The dispatcher's lock guards its state.</summary>
internal sealed class LaneItem(Lane lane, Execution execution, EventContent content) : IThreadPoolWorkItem
{
    private CancellationTokenSource? _cancellation;

    public Lane Lane { get; } = lane;

    public Execution Execution { get; } = execution;

    public EventContent Event { get; } = content;

    /// <summary>The node it was taken for: this one, unless it has lost its lease since.</summary>
    public Guid Owner { get; } = execution.OwnerId!.Value;

    public int Bytes => Event.Stored.Body.Length;

    public LaneItemState State { get; set; }

    /// <summary>Its place among those of the same priority; null until it has one.</summary>
    public long? Sequence { get; set; }

    /// <summary>Someone cancelled it; if it runs, its token has been cancelled.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>Its attempt probes an open circuit.</summary>
    public bool IsProbe { get; set; }

    /// <summary>Attempts that found no connection although there was one a moment later.</summary>
    public int SentNothing { get; set; }

    public bool MarkedRunning { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>How it ends when its attempt was broken off by someone who cancelled it.</summary>
    public Dispatcher.EndEntry? End { get; set; }

    public CancellationToken Token => (_cancellation ??= new()).Token;

    public void Cancel() => (_cancellation ??= new()).Cancel();

    public void Execute() => Lane.Runner.Run(this);

    public void Dispose() => _cancellation?.Dispose();
}
