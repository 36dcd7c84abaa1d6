namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>The one writer. It runs while there is something to do.</summary>
internal sealed partial class PublishLane
{
    // Taken from the queue, and then the channel was closed before it was sent
    private PendingPublish? _unsent;

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
                if (TryRest()) return;
                // What waits stays in the queue, where it can be answered, until there is a permit to send it
                if ((_channel ?? await OpenAsync()) is { } channel && await HasPermitAsync(channel) && !await IsPermitUsedAsync(channel)) _context.Window.Release();
            }
        }
        catch (Exception exception)
        {
            _context.EndByFault(exception);
            if (_context.Ending is { } ending) EndAll(ending);
        }
    }

    // A permit of the window, and room on the way to the network
    private async ValueTask<bool> HasPermitAsync(PublishChannel channel)
    {
        try
        {
            if (_context.Stream.IsCongested) await _context.Stream.RoomAsync(channel.Closed);
            if (!_context.Window.Wait(0, CancellationToken.None)) await _context.Window.WaitAsync(channel.Closed);
            return true;
        }
        catch (OperationCanceledException) { return false; } // the channel was closed
    }

    private async ValueTask<bool> IsPermitUsedAsync(PublishChannel channel)
    {
        while (TakeNext() is { } next)
        {
            if (next.IsOver) continue;
            if (_context.IsBlocked) next.End(AmqpPublishStatus.Blocked);
            else if (await channel.SendAsync(next)) return true;
            else
            {
                _unsent = next;
                await channel.WhenClosedAsync(); // the library knew before its event said so
                return false;
            }
        }
        return false;
    }

    private PendingPublish? TakeNext()
    {
        if (_unsent is { } unsent)
        {
            _unsent = null;
            return unsent;
        }
        lock (_gate) return _waiting.TryDequeue(out var next) ? next : null;
    }

    // Nothing to do, and nothing that happened since the last look
    private bool TryRest()
    {
        if (_unsent is not null) return false;
        lock (_gate)
        {
            if (_waiting.Count > 0 || _channel is { IsClosed: true }) return false;
            _isRunning = false;
            return true;
        }
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
        _unsent?.End(ending.Waiting);
        _unsent = null;
        EndWaiting(ending.Waiting);
        GiveUp(_channel, ending);
        lock (_gate) _isRunning = false;
    }
}
