namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>
/// A broker closes the whole channel over one bad message (exchange missing, no permission, …) and does not say over which. With one
/// outstanding that is clear. Several are sent again one at a time, in their order, so that each gets its own verdict; one that had
/// arrived already arrives twice, with the same message id.
/// </summary>
internal sealed partial class PublishLane
{
    // Closed with nothing on it, again and again
    private const int MostVainOpenings = 3;

    private async Task RecoverAsync(PublishChannel closed)
    {
        var (code, text) = (closed.Closure!.ReplyCode, closed.Closure.ReplyText);
        var left = closed.TakeOutstanding();
        closed.Discard();
        // What was returned has its verdict; its ack is all that was still to come
        left.RemoveAll(publish => publish.ReturnCode != 0 && IsFinished(publish, code, text));
        if (left.Count == 1 && _context.Ending is null) _ = IsFinished(left[0], code, text);
        else foreach (var publish in left) await ResolveAsync(publish);
    }

    private async Task ResolveAsync(PendingPublish publish)
    {
        // Nobody waits for it any more
        if (publish.IsOver && _context.Ending is null)
        {
            _context.Window.Release();
            return;
        }
        for (var tries = 0; _context.Ending is null; tries++)
        {
            if (tries == MostVainOpenings) _context.EndByViolation("closes every channel as soon as it is open");
            else if ((_channel ?? await OpenAsync()) is { } channel && await TryAloneAsync(channel, publish)) return;
        }
        publish.GiveUp(_context.Ending.Sent, _context.Ending.Code, _context.Ending.Text);
    }

    // False when the channel was closed before it was sent
    private async Task<bool> TryAloneAsync(PublishChannel channel, PendingPublish publish)
    {
        var isSent = await channel.SendAsync(publish);
        await (isSent ? channel.WhenIdleAsync() : channel.WhenClosedAsync());
        if (!channel.IsClosed) return true;
        var left = channel.TakeOutstanding();
        if (_context.Ending is { } ending) left.ForEach(p => p.GiveUp(ending.Sent, ending.Code, ending.Text));
        else left.ForEach(p => IsFinished(p, channel.Closure.ReplyCode, channel.Closure.ReplyText));
        _channel = null;
        channel.Discard();
        return isSent;
    }

    private bool IsFinished(PendingPublish publish, ushort code, string? text)
    {
        _context.Window.Release();
        publish.GiveUp(AmqpPublishStatus.ChannelClosed, code, text);
        return true;
    }
}
