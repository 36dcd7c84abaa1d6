using RabbitMQ.Client;

namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>
/// The way of the messages of one exchange (or of several, when there are more exchanges than channels): a queue, one writer, one
/// channel. So the order of calls is the order on the wire. When the broker closes the channel over one message, the lane opens
/// another one and finds out which it was.
/// </summary>
internal sealed partial class PublishLane : IThreadPoolWorkItem
{
    private const int FirstLook = 1024;

    private readonly Lock _gate = new();
    private readonly LaneContext _context;
    private volatile PublishChannel? _channel;
    private Queue<PendingPublish> _waiting = new();
    private int _lookAt = FirstLook;
    private bool _isRunning;
    private bool _isEnded;

    /// <param name="opened">A channel that is open already; null to open one when it is needed.</param>
    public PublishLane(LaneContext context, IChannel? opened)
    {
        _context = context;
        if (opened is not null) _channel = new(opened, context, Wake);
    }

    /// <summary>Whether everything given to it has its answer.</summary>
    public bool IsIdle
    {
        get { lock (_gate) return !_isRunning && _waiting.Count == 0 && _channel is not { IsIdle: false }; }
    }

    /// <summary>False when the connection is over; then nothing was taken.</summary>
    public bool TryEnqueue(PendingPublish publish)
    {
        lock (_gate)
        {
            if (_isEnded) return false;
            if (_waiting.Count >= _lookAt) DropCancelled();
            _waiting.Enqueue(publish);
            if (_isRunning) return true;
            _isRunning = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    /// <summary>What was not sent ends in this way.</summary>
    public void EndWaiting(AmqpPublishStatus status)
    {
        Queue<PendingPublish> waiting;
        lock (_gate) (waiting, _waiting) = (_waiting, new());
        foreach (var publish in waiting) publish.End(status);
    }

    /// <summary>The connection is over, as <see cref="LaneContext.Ending"/> says.</summary>
    public void End(LaneEnding ending)
    {
        lock (_gate) _isEnded = true;
        EndWaiting(ending.Waiting);
        var channel = _channel;
        channel?.Abandon();
        // What the writer adds after this it takes away itself
        GiveUp(channel, ending);
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private void Wake()
    {
        lock (_gate)
        {
            if (_isRunning || _isEnded) return;
            _isRunning = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    // Behind a broker that stands still, calls that were given up would pile up. Under the lock.
    private void DropCancelled()
    {
        var open = new Queue<PendingPublish>(_waiting.Where(p => !p.IsOver));
        _waiting = open;
        _lookAt = Math.Max(FirstLook, open.Count * 2);
    }

    private static void GiveUp(PublishChannel? channel, LaneEnding ending)
    {
        if (channel is null) return;
        foreach (var publish in channel.TakeOutstanding()) publish.GiveUp(ending.Sent, ending.Code, ending.Text);
    }
}
