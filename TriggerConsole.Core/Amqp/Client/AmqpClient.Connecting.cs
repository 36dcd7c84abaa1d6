using TriggerConsole.Core.Amqp.Client.Connections;

namespace TriggerConsole.Core.Amqp.Client;

internal sealed partial class AmqpClient
{
    /// <summary>In confirmed messages.</summary>
    private const int MuchWork = 100;

    private async Task<AmqpConnectFailure?> ConnectOnceAsync()
    {
        try
        {
            SetState(AmqpState.Connecting);
            var (link, failure) = await OpenAsync();
            if (link is null)
            {
                SetState(AmqpState.Stopped, failure);
                return failure;
            }
            _ = WatchAsync(link);
            return null;
        }
        catch (OperationCanceledException) { return new(AmqpConnectFault.ConnectionLost, "The client was stopped."); }

        async Task WatchAsync(AmqpLink link)
        {
            var failure = await EndAsync(link);
            SetState(AmqpState.Stopped, _isStopping ? null : failure);
        }
    }

    private async Task StayConnectedAsync()
    {
        try
        {
            while (!_isStopping)
            {
                SetState(AmqpState.Connecting);
                var (link, failure) = await OpenAsync();
                TimeSpan? lived = null;
                if (link is not null)
                {
                    var (since, published) = (_time.GetTimestamp(), _counter.Published);
                    failure = await EndAsync(link);
                    lived = _time.GetElapsedTime(since);
                    // A connection that did its work was a good one, however short: a broker that was killed, not one that throws us out
                    if (_counter.Published - published >= MuchWork && lived < _options.Reconnect.StableAfter) lived = _options.Reconnect.StableAfter;
                }
                if (_isStopping) return;
                var wait = _backoff.Next(failure!, lived, Random.Shared.NextDouble());
                SetState(AmqpState.Waiting, failure, _time.GetUtcNow() + wait);
                await Task.Delay(wait, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested) { /* stopped */ }
        catch (Exception exception)
        {
            // Ours: but a client that stands still without a word would be worse than one that says so
            LogUnforeseen(exception, Host);
            SetState(AmqpState.Stopped, new(AmqpConnectFault.ConnectionLost, "The AMQP client failed for a reason of its own; the log has it."));
        }
    }

    private async Task<(AmqpLink? Link, AmqpConnectFailure? Failure)> OpenAsync()
    {
        var (link, failure) = await _connector.ConnectAsync(_stop.Token);
        if (link is null)
        {
            LogConnectFailed(Host, failure!.Sentence);
            return (null, failure);
        }
        bool isTooLate;
        lock (_lock) (isTooLate, _link) = (_isStopping, link);
        if (isTooLate) await link.StopAsync(_options.StopTimeout);
        LogConnected(Host, link.Server);
        link.BlockedChanged = () => OnBlockedChanged(link);
        SetState(AmqpState.Connected);
        OnBlockedChanged(link); // what came before somebody listened
        return (link, null);
    }

    private async Task<AmqpConnectFailure> EndAsync(AmqpLink link)
    {
        var failure = await link.Ended;
        _link = null;
        if (link.Fault is { } fault) LogUnforeseen(fault, Host);
        LogConnectionEnded(Host, failure.Sentence);
        return failure;
    }
}
