using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using TriggerConsole.Core.Amqp.Client.Connections;

namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>
/// One channel in confirm mode, from its opening to its end. It counts delivery tags itself: the library's own tracking would add a
/// header, a task and a table entry to each message. One lane sends on it; the library's reader tells what came back.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing but memory, and is cancelled at an unforeseeable moment.")]
internal sealed partial class PublishChannel
{
    private readonly Lock _gate = new();
    private readonly Outstanding _outstanding = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly IChannel _channel;
    private readonly LaneContext _context;
    private readonly Action _onClosed;

    /// <param name="channel">Just opened, with confirms; nothing was published on it.</param>
    /// <param name="onClosed">It is closed, or the whole connection is.</param>
    public PublishChannel(IChannel channel, LaneContext context, Action onClosed)
    {
        (_channel, _context, _onClosed) = (channel, context, onClosed);
        channel.BasicAcksAsync += (_, ack) => OnConfirm(ack.DeliveryTag, ack.Multiple, isAck: true);
        channel.BasicNacksAsync += (_, nack) => OnConfirm(nack.DeliveryTag, nack.Multiple, isAck: false);
        channel.BasicReturnAsync += (_, returned) => OnReturn(returned);
        channel.ChannelShutdownAsync += (_, reason) => OnShutdown(reason); // at once, if it is closed already
    }

    /// <summary>Why the channel is closed; null while it is open.</summary>
    public ShutdownEventArgs? Closure { get; private set; }

    [MemberNotNullWhen(true, nameof(Closure))]
    public bool IsClosed => Closure is not null;

    /// <summary>Cancelled with the channel: for whoever waits for something else before sending.</summary>
    public CancellationToken Closed => _closed.Token;

    public bool IsIdle
    {
        get { lock (_gate) return _outstanding.Count == 0; }
    }

    /// <summary>Sends it; false when the channel was closed before, and nothing was sent. The permit of the window stays with the message.</summary>
    public ValueTask<bool> SendAsync(PendingPublish publish)
    {
        var message = publish.Message;
        lock (_gate)
        {
            if (IsClosed) return new(false);
            publish.SentAt = _context.Counter.Now;
            _outstanding.Add(publish);
        }
        _context.Guard?.AllowBody(message.Body.Length);
        _context.Stream.Expect(message.Body.Length);
        ValueTask sending;
        try
        {
            // Never cancelled: what is sent of it must be whole
            sending = _channel.BasicPublishAsync(message.Exchange, message.RoutingKey, message.Mandatory, message.Properties, message.Body, CancellationToken.None);
            if (sending.IsCompletedSuccessfully) return new(true);
        }
        catch (Exception exception) { return new(!IsNotSent(publish, exception)); }
        return FinishAsync(publish, sending);
    }

    /// <summary>What was sent and has no confirm, in order; it is the caller's from here on.</summary>
    public List<PendingPublish> TakeOutstanding()
    {
        lock (_gate) return _outstanding.TakeAll();
    }

    /// <summary>The connection is over, whatever the library knows of it yet.</summary>
    public void Abandon() => TryClose(new(ShutdownInitiator.Library, 0, ""));

    /// <summary>Only when it is closed.</summary>
    public void Discard() => _ = Disposal.OfAsync(_channel);

    private async ValueTask<bool> FinishAsync(PendingPublish publish, ValueTask sending)
    {
        try
        {
            await sending;
            return true;
        }
        catch (Exception exception) { return !IsNotSent(publish, exception); }
    }

    // Either the channel was closed in the meantime, or the message cannot be written as AMQP
    private bool IsNotSent(PendingPublish publish, Exception exception)
    {
        _context.Stream.Forget(publish.Message.Body.Length);
        lock (_gate) _outstanding.TakeBack(publish);
        if (!_channel.IsOpen) return true;
        _context.Window.Release();
        publish.Fail(AmqpMessageException.Unwritable(exception));
        return false;
    }
}
