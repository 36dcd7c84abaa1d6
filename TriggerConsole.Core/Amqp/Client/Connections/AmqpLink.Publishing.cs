using System.Collections.Concurrent;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client.Publishing;

namespace TriggerConsole.Core.Amqp.Client.Connections;

internal sealed partial class AmqpLink
{
    // Of a content header, before the properties: class, weight, size of the body
    private const int HeaderStart = 2 + 2 + 8;

    internal static readonly CreateChannelOptions Confirming = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<string, PublishLane> _byExchange = new(StringComparer.Ordinal);
    private readonly List<PublishLane> _lanes = [];
    private readonly int _mostLanes;
    private readonly long _largestHeader;
    private int _exchanges;

    /// <summary>Channels for publishing.</summary>
    public int Channels
    {
        get { lock (_lock) return _lanes.Count; }
    }

    private bool IsIdle
    {
        get { lock (_lock) return _lanes.TrueForAll(lane => lane.IsIdle); }
    }

    /// <exception cref="AmqpMessageException">The message cannot be sent on any connection like this.</exception>
    public Task<AmqpPublishResult> PublishAsync(AmqpMessage message, CancellationToken cancellationToken)
    {
        CheckHeader(message.Properties);
        var publish = new PendingPublish(message, Counter, Counter.Now);
        var lane = _byExchange.TryGetValue(message.Exchange, out var known) ? known : AssignLane(message.Exchange);
        if (!lane.TryEnqueue(publish)) publish.End(Ending!.Waiting);
        publish.CancelWith(cancellationToken);
        return publish.Task;
    }

    public override async Task<IChannel?> OpenChannelAsync()
    {
        using var limited = new CancellationTokenSource(_options.OperationTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, _over.Token);
        try
        {
            // The library does not look at the token while it waits for an answer
            return await _connection.CreateChannelAsync(Confirming, linked.Token).WaitAsync(linked.Token);
        }
        catch (Exception exception)
        {
            // When the connection is over, this says nothing new
            if (_connection.CloseReason is { } reason) await OnShutdown(reason);
            else if (exception is OperationCanceledException) End(new(AmqpConnectFault.ConnectionLost, $"{Judge.HostOf(_options)} did not open a channel within {_options.OperationTimeout.TotalSeconds:0.#} s."), null);
            else End(Judge.NoChannel(_options, exception), null);
            return null;
        }
    }

    // Properties and headers must fit in one frame: a broker ends the whole connection over one that is too large
    private void CheckHeader(BasicProperties properties)
    {
        int size;
        try { size = ((IAmqpWriteable)properties).GetRequiredBufferSize(); }
        catch (Exception exception) { throw AmqpMessageException.Unwritable(exception); }
        if (size > _largestHeader) throw new AmqpMessageException($"Properties and headers of the message take {size:N0} bytes; the broker takes {_largestHeader:N0}. Put less into the headers.");
    }

    // One for each exchange, as long as there are enough; then they share
    private PublishLane AssignLane(string exchange)
    {
        lock (_lock)
        {
            if (_byExchange.TryGetValue(exchange, out var known)) return known;
            var place = _exchanges++ % _mostLanes;
            if (place == _lanes.Count)
            {
                var added = new PublishLane(this, null);
                if (Ending is { } ending) added.End(ending);
                _lanes.Add(added);
            }
            return _byExchange[exchange] = _lanes[place];
        }
    }

    private void EndWaiting(AmqpPublishStatus status)
    {
        PublishLane[] lanes;
        lock (_lock) lanes = [.. _lanes];
        foreach (var lane in lanes) lane.EndWaiting(status);
    }
}
