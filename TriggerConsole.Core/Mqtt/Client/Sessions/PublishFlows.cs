namespace TriggerConsole.Core.Mqtt.Client.Sessions;

/// <summary>
/// Outgoing messages: those that wait for room, those that wait for an acknowledgement, and those to be sent again because the
/// session outlived its connection. Everything but <see cref="Cancel"/> is called under the session's lock.
/// </summary>
internal sealed partial class PublishFlows(Session session, TimeProvider time)
{
    private readonly PublishList _waitingQos0 = new();
    private readonly PublishList _waiting = new();

    // PUBLISH sent, in order [MQTT-4.6.0-1]
    private readonly PublishList _sent = new();

    // PUBREL sent, in the order of PUBREC [MQTT-4.6.0-4]
    private readonly PublishList _released = new();

    // PUBLISH sent on an earlier connection, not yet on this one
    private PublishList _unsent = new();

    private volatile IPublishLink? _link;

    // Of _sent and _released
    private int _qos2InFlight;
    private TaskCompletionSource? _idle;

    /// <summary>Publishes that ended well since the client was made.</summary>
    public long Published { get; private set; }

    /// <summary>Also for those that do not hold the lock.</summary>
    public bool IsAttached => _link is not null;

    public int InFlight => _sent.Count + _released.Count;

    /// <summary>Publishes whose outcome is still open, sent or not.</summary>
    public bool IsIdle => InFlight == 0 && _unsent.Count == 0 && _waiting.Count == 0 && _waitingQos0.Count == 0;

    public PublishExchange Begin(MqttMessage message) => new(this, message, time.GetTimestamp());

    public void Enqueue(PublishExchange exchange)
    {
        if (_link?.Refuses(exchange.Message!) is { } refused)
        {
            End(exchange, refused);
            return;
        }
        (exchange.Qos == MqttQos.AtMostOnce ? _waitingQos0 : _waiting).Add(exchange);
        Pump();
    }

    /// <summary>Sends what may be sent now. At a full window QoS 0 still goes [MQTT-3.3.4-8].</summary>
    public void Pump()
    {
        if (_link is not { } link) return;
        while (link.HasRoom && _waitingQos0.TakeFirst() is { } unacknowledged)
        {
            unacknowledged.Stage = PublishStage.Written;
            link.WritePublish(unacknowledged, duplicate: false);
        }
        while (link.HasRoom && InFlight < link.Window)
        {
            if ((_unsent.First ?? _waiting.First) is not { } next) break;
            if (next.Qos == MqttQos.ExactlyOnce && _qos2InFlight >= link.Qos2Window) break;
            if (next.List == _unsent) SendAgain(link, next);
            else if (session.Exchanges.TryAdd(next)) Send(link, next);
            else break;
        }
    }

    /// <summary>QoS 0: the bytes were handed to the network.</summary>
    public void OnWritten(PublishExchange exchange) => End(exchange, MqttPublishStatus.Acknowledged);

    /// <summary>QoS 0: the connection ended while they were on their way.</summary>
    public void EndUnwritten(PublishExchange exchange) => End(exchange, MqttPublishStatus.ConnectionLost);

    /// <summary>A new connection. With the session still there, what is open goes out again: first PUBREL, then PUBLISH, each in order.</summary>
    public void Attach(IPublishLink link, bool isSessionPresent)
    {
        _link = link;
        if (!isSessionPresent) EndHeld(MqttPublishStatus.ConnectionLost);
        for (var exchange = _released.First; exchange is not null; exchange = exchange.Next) link.WritePubrel(exchange.PacketId, MqttReasonCode.Success);
        Pump();
    }

    /// <summary>The connection is gone. What was not sent ends; what was waits for the session, if that may live on.</summary>
    public void Detach(bool isSessionKept)
    {
        _link = null;
        while ((_waitingQos0.TakeFirst() ?? _waiting.TakeFirst()) is { } exchange) End(exchange, MqttPublishStatus.NotConnected);
        if (!isSessionKept)
        {
            EndHeld(MqttPublishStatus.ConnectionLost);
            return;
        }
        // What this connection sent came before what it did not get to
        var rest = _unsent;
        _unsent = new();
        while ((_sent.TakeFirst() ?? rest.TakeFirst()) is { } exchange) _unsent.Add(exchange);
        _qos2InFlight = _released.Count;
    }

    /// <summary>Everything that waits for an acknowledgement ends without one.</summary>
    public void EndHeld(MqttPublishStatus status)
    {
        while ((_released.First ?? _sent.First ?? _unsent.First) is { } exchange) End(exchange, status);
    }

    /// <summary>The callers wait no longer; what was sent goes on when the session does.</summary>
    public void AnswerHeld(MqttPublishStatus status)
    {
        foreach (var list in (PublishList[])[_released, _sent, _unsent])
        {
            for (var exchange = list.First; exchange is not null; exchange = exchange.Next) exchange.Answer(Result(exchange, status));
        }
    }

    public void EndAll(MqttPublishStatus status)
    {
        while ((_waitingQos0.TakeFirst() ?? _waiting.TakeFirst()) is { } exchange) End(exchange, status);
        EndHeld(status);
    }

    /// <summary>Completes when nothing is open.</summary>
    public Task WhenIdle() => IsIdle ? Task.CompletedTask : (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The caller waits no longer. What was not sent never is.</summary>
    public void Cancel(PublishExchange exchange, CancellationToken cancellationToken)
    {
        lock (session.Gate)
        {
            if (exchange.Stage == PublishStage.Waiting)
            {
                exchange.List?.Remove(exchange);
                exchange.Stage = PublishStage.Ended;
                SignalIdle();
            }
            exchange.AnswerCancelled(cancellationToken);
        }
    }

    private void NoteSent(PublishExchange exchange)
    {
        _sent.Add(exchange);
        if (exchange.Qos == MqttQos.ExactlyOnce) _qos2InFlight++;
    }

    private void Send(IPublishLink link, PublishExchange exchange)
    {
        _waiting.Remove(exchange);
        exchange.Stage = exchange.Qos == MqttQos.AtLeastOnce ? PublishStage.AwaitingPuback : PublishStage.AwaitingPubrec;
        NoteSent(exchange);
        link.WritePublish(exchange, duplicate: false);
    }

    private void SendAgain(IPublishLink link, PublishExchange exchange)
    {
        _unsent.Remove(exchange);
        // The broker may have come back with smaller limits
        if (link.Refuses(exchange.Message!) is not null)
        {
            End(exchange, MqttPublishStatus.ConnectionLost);
            return;
        }
        NoteSent(exchange);
        link.WritePublish(exchange, duplicate: true);
    }

    private void End(PublishExchange exchange, MqttPublishStatus status, MqttReasonCode reason = MqttReasonCode.Success, string? text = null)
    {
        if (exchange.Qos == MqttQos.ExactlyOnce && (exchange.List == _sent || exchange.List == _released)) _qos2InFlight--;
        exchange.List?.Remove(exchange);
        exchange.Stage = PublishStage.Ended;
        exchange.Message = null;
        if (exchange.PacketId != 0) session.Exchanges.Remove(exchange);
        if (status == MqttPublishStatus.Acknowledged) Published++;
        exchange.Answer(Result(exchange, status, reason, text));
        SignalIdle();
    }

    private MqttPublishResult Result(PublishExchange exchange, MqttPublishStatus status, MqttReasonCode reason = MqttReasonCode.Success, string? text = null) => new()
    {
        Status = status,
        Reason = reason,
        ReasonText = text,
        Version = status is MqttPublishStatus.NotConnected or MqttPublishStatus.Stopped ? null : session.LastVersion,
        Elapsed = time.GetElapsedTime(exchange.Started),
    };

    private void SignalIdle()
    {
        if (_idle is null || !IsIdle) return;
        _idle.TrySetResult();
        _idle = null;
    }
}
