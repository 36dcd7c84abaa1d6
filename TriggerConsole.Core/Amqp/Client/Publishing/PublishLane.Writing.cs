namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>The one writer. It runs while there is something to do.</summary>
internal sealed partial class PublishLane
{
    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                if (_context.Ending is { } ending)
                {
                    EndAll(ending);
                    return;
                }
                if (_channel is { IsClosed: true } closed)
                {
                    _channel = null;
                    await RecoverAsync(closed);
                    continue;
                }
                if ((_next ??= TakeNext()) is not { } next)
                {
                    if (TryRest()) return;
                    continue;
                }
                if (next.IsOver || await IsDealtWithAsync(next)) _next = null;
            }
        }
        catch (Exception exception)
        {
            _context.EndByFault(exception);
            if (_context.Ending is { } ending) EndAll(ending);
        }
    }

    // False when it is to be tried again: the channel was closed
    private async ValueTask<bool> IsDealtWithAsync(PendingPublish next)
    {
        var channel = _channel ?? await OpenAsync();
        if (channel is null || !await MaySendAsync(channel)) return false;
        if (next.IsOver || _context.IsBlocked)
        {
            _context.Window.Release();
            next.End(AmqpPublishStatus.Blocked); // without effect on one that is over
            return true;
        }
        if (await channel.SendAsync(next)) return true;
        _context.Window.Release();
        return false;
    }

    // A permit of the window, and room on the way to the network
    private async ValueTask<bool> MaySendAsync(PublishChannel channel)
    {
        try
        {
            if (_context.Stream.IsCongested) await _context.Stream.RoomAsync(channel.Closed);
            if (!_context.Window.Wait(0, CancellationToken.None)) await _context.Window.WaitAsync(channel.Closed);
            return true;
        }
        catch (OperationCanceledException) { return false; }
    }

    private async Task<PublishChannel?> OpenAsync()
    {
        if (await _context.OpenChannelAsync() is not { } opened) return null;
        var channel = new PublishChannel(opened, _context, Wake);
        _channel = channel;
        return channel;
    }

    private void EndAll(LaneEnding ending)
    {
        _next?.End(ending.Waiting);
        _next = null;
        EndWaiting(ending.Waiting);
        GiveUp(_channel, ending);
        lock (_gate) _isRunning = false;
    }
}
