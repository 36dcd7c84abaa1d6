using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using TriggerConsole.Core.Amqp.Client.Publishing;
using TriggerConsole.Core.Amqp.Client.Transports;

namespace TriggerConsole.Core.Amqp.Client.Connections;

/// <summary>One connection that works, from the first open channel to its end. It never comes back: the client makes another one.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Source and semaphore have no timer and no handle: they hold nothing but memory, and others may use them to the last.")]
internal sealed partial class AmqpLink : LaneContext
{
    // So that the close-ok that the library has just written goes out
    private static readonly TimeSpan s_farewell = TimeSpan.FromMilliseconds(100);

    private readonly TaskCompletionSource<AmqpConnectFailure> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private readonly IConnection _connection;
    private readonly AmqpClientOptions _options;
    private readonly TimeProvider _time;
    private volatile string? _blockedReason;
    private Task _discarded = Task.CompletedTask;

    /// <param name="connection">Open.</param>
    /// <param name="channel">Open too, with confirms; the first lane's.</param>
    public AmqpLink(IConnection connection, IChannel channel, AmqpStream stream, FrameGuard guard, AmqpClientOptions options, PublishCounter counter, TimeProvider time)
        : base(counter, stream, guard, options.MaximumInFlight)
    {
        (_connection, _options, _time) = (connection, options, time);
        Server = ServerName.Of(connection.ServerProperties);
        _mostLanes = Math.Clamp(connection.ChannelMax - MostOperations, 1, options.MaximumChannels);
        _operations = new(Math.Clamp(connection.ChannelMax - _mostLanes, 0, MostOperations));
        _largestHeader = (connection.FrameMax == 0 ? FrameGuard.LargestFrame : connection.FrameMax) - FrameGuard.Around - HeaderStart;
        _silence = WatchSilence();
        _lanes.Add(new(this, channel));
        stream.Ended = () => End(Judge.Lost(options, stream.Fault), null);
        connection.ConnectionBlockedAsync += (_, blocked) => SetBlocked(blocked.Reason);
        connection.ConnectionUnblockedAsync += (_, _) => SetBlocked(null);
        connection.ConnectionShutdownAsync += (_, reason) => OnShutdown(reason); // at once, if it is closed already
        if (stream.IsEnded) stream.Ended();
    }

    /// <summary>Product and version, as the broker says them.</summary>
    public string? Server { get; }

    /// <summary>How it ended.</summary>
    public Task<AmqpConnectFailure> Ended => _ended.Task;

    public bool IsReady => Ending is null && _blockedReason is null;

    public override bool IsBlocked => _blockedReason is not null;

    /// <summary>Why the broker takes nothing now; null when it does.</summary>
    public string? BlockedReason => _blockedReason;

    /// <summary>Called after <see cref="BlockedReason"/> has changed.</summary>
    public Action? BlockedChanged { get; set; }

    /// <summary>A failure of our own making that ended it, to be logged; null when there was none.</summary>
    public Exception? Fault { get; private set; }

    public override void EndByViolation(string what) => End(Judge.Violation(_options, what), null);

    public override void EndByFault(Exception exception)
    {
        Fault = exception;
        End(new(AmqpConnectFault.ConnectionLost, "The AMQP client failed for a reason of its own; the log has it."), null);
    }

    // The library tells the channels first; to them the end of the connection looks like their own
    public override void OnChannelClosed()
    {
        if (_connection.CloseReason is { } reason) OnShutdown(reason);
    }

    /// <summary>Waits for the confirms that are still to come, and says goodbye.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        var started = _time.GetTimestamp();
        while (Ending is null && !IsIdle && _time.GetElapsedTime(started) < limit * 0.7) await Task.Delay(s_look, _time);
        End(new(AmqpConnectFault.ConnectionLost, "The client was stopped."), null, goodbye: limit * 0.3);
        await _discarded;
    }

    /// <param name="closure">What the broker said, when it closed the connection; null otherwise.</param>
    /// <param name="goodbye">For an end of our own: how long the broker may take to answer it. Null for all others.</param>
    private void End(AmqpConnectFailure failure, ShutdownEventArgs? closure, TimeSpan? goodbye = null)
    {
        PublishLane[] lanes;
        LaneEnding ending;
        lock (_lock)
        {
            if (Ending is not null) return;
            ending = goodbye is not null ? new(AmqpPublishStatus.Stopped, AmqpPublishStatus.Stopped, 0, null)
                : closure is not null ? new(AmqpPublishStatus.NotConnected, AmqpPublishStatus.ConnectionClosed, closure.ReplyCode, closure.ReplyText)
                : new(AmqpPublishStatus.NotConnected, AmqpPublishStatus.ConnectionLost, 0, null);
            Ending = ending;
            lanes = [.. _lanes];
        }
        _silence.Dispose();
        _ = _over.CancelAsync();
        foreach (var lane in lanes) lane.End(ending);
        _discarded = Task.Run(() => DiscardAsync(goodbye));
        _ended.TrySetResult(failure);
    }

    private Task OnShutdown(ShutdownEventArgs reason)
    {
        var isByPeer = reason.Initiator == ShutdownInitiator.Peer;
        End(isByPeer ? Judge.Closed(_options, reason) : Judge.Lost(_options, Stream.Fault ?? reason.Exception), isByPeer ? reason : null);
        return Task.CompletedTask;
    }

    private Task SetBlocked(string? reason)
    {
        _blockedReason = reason;
        if (reason is not null) EndWaiting(AmqpPublishStatus.Blocked);
        BlockedChanged?.Invoke();
        return Task.CompletedTask;
    }

    // The library has its own idea of how long an end may take; with a dead stream it comes to one
    private async Task DiscardAsync(TimeSpan? goodbye)
    {
        try
        {
            if (goodbye is { } limit) await _connection.CloseAsync(200, "Goodbye", limit, abort: true, CancellationToken.None).WaitAsync(limit, _time);
            else await Task.Delay(s_farewell, _time);
        }
        catch (Exception) { /* it is over either way */ }
        Stream.Abort();
        _ = Disposal.OfAsync(_connection);
    }
}
