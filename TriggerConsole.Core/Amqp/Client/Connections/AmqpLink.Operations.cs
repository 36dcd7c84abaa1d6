using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace TriggerConsole.Core.Amqp.Client.Connections;

internal sealed partial class AmqpLink
{
    // Channels that are kept free for declaring and binding
    private const int MostOperations = 8;

    private readonly SemaphoreSlim _operations;

    private static AmqpOperationResult NoMoreChannels => new(AmqpOperationStatus.Refused, 0, "The broker allows no more channels on this connection.");

    /// <summary>Highest channel number to ask for.</summary>
    public static ushort ChannelsOf(AmqpClientOptions options) => (ushort)Math.Min(options.MaximumChannels + MostOperations, ushort.MaxValue);

    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> asked for it.</exception>
    public async Task<AmqpOperationResult> RunAsync(Func<IChannel, CancellationToken, Task> operations, bool declaresInternal, CancellationToken cancellationToken)
    {
        if (_connection.ChannelMax == _mostLanes) return NoMoreChannels;
        var limited = new CancellationTokenSource(_options.OperationTimeout, _time);
        var linked = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, _over.Token, cancellationToken);
        var working = OperateAsync(operations, declaresInternal, linked.Token);
        _ = DisposeAfterAsync(working, limited, linked);
        try
        {
            // The library does not look at the token while it waits for an answer
            await working.WaitAsync(linked.Token);
            return new(AmqpOperationStatus.Done, 0, null);
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Ending is { } ending ? new(AmqpOperationStatus.ConnectionLost, ending.Code, ending.Text) : new(AmqpOperationStatus.TimedOut, 0, null);
        }
        catch (OperationInterruptedException exception)
        {
            var reason = exception.ShutdownReason;
            var isByPeer = reason?.Initiator == ShutdownInitiator.Peer;
            var status = isByPeer && _connection.CloseReason is null ? AmqpOperationStatus.Refused : AmqpOperationStatus.ConnectionLost;
            return isByPeer ? new(status, reason!.ReplyCode, reason.ReplyText) : new(status, 0, null);
        }
        catch (ChannelAllocationException)
        {
            return NoMoreChannels;
        }
        catch (Exception) when (Ending is not null || _connection.CloseReason is not null)
        {
            return new(AmqpOperationStatus.ConnectionLost, Ending?.Code ?? 0, Ending?.Text);
        }
    }

    private async Task OperateAsync(Func<IChannel, CancellationToken, Task> operations, bool declaresInternal, CancellationToken cancellationToken)
    {
        await _operations.WaitAsync(cancellationToken);
        IChannel? channel = null;
        try
        {
            channel = await _connection.CreateChannelAsync(null, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (declaresInternal) Stream.InternalExchanges.Begin((ushort)channel.ChannelNumber);
            await operations(channel, cancellationToken);
        }
        finally
        {
            _ = FinishAsync(channel);
        }
    }

    // Its number is free again only when the broker has answered
    private async Task FinishAsync(IChannel? channel)
    {
        if (channel is not null)
        {
            Stream.InternalExchanges.End((ushort)channel.ChannelNumber);
            await Disposal.OfAsync(channel);
        }
        _operations.Release();
    }

    // They may be in use after the caller was answered
    private static async Task DisposeAfterAsync(Task working, CancellationTokenSource limited, CancellationTokenSource linked)
    {
        try { await working; }
        catch (Exception) { /* the caller has it, or waits no longer */ }
        linked.Dispose();
        limited.Dispose();
    }
}
