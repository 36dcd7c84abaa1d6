using System.Threading.Tasks.Sources;

namespace TriggerConsole.Core.Mqtt.Client.Sessions;

internal enum PublishStage : byte
{
    /// <summary>For room in the window; not sent.</summary>
    Waiting,

    /// <summary>QoS 0, in the buffer of the connection.</summary>
    Written,
    AwaitingPuback,
    AwaitingPubrec,

    /// <summary>PUBREL was sent: the message itself never is again.</summary>
    AwaitingPubcomp,
    Ended,
}

/// <summary>One publish from the call to its end, and the thing its caller waits for. Guarded by <see cref="Session.Gate"/>.</summary>
internal sealed class PublishExchange : Exchange, IValueTaskSource<MqttPublishResult>
{
    private readonly PublishFlows _owner;
    private ManualResetValueTaskSourceCore<MqttPublishResult> _caller = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private bool _answered;

    public PublishExchange(PublishFlows owner, MqttMessage message, long started)
        => (_owner, Message, Qos, Started) = (owner, message, message.Qos, started);

    /// <summary>Let go once it need never be sent again.</summary>
    public MqttMessage? Message { get; set; }

    public MqttQos Qos { get; }

    /// <summary>Timestamp of the call.</summary>
    public long Started { get; }

    public PublishStage Stage { get; set; }

    /// <summary>What PUBREC said; the outcome, once PUBCOMP is there.</summary>
    public MqttReasonCode PubrecReason { get; set; }

    public string? PubrecText { get; set; }

    /// <summary>A PUBCOMP will come that belongs to an older message of this identifier: <see cref="PublishFlows.DoubtIdentifiers"/>.</summary>
    public bool IsClearing { get; set; }

    // Places in one PublishList
    internal PublishExchange? Previous { get; set; }

    internal PublishExchange? Next { get; set; }

    internal PublishList? List { get; set; }

    public ValueTask<MqttPublishResult> Task => new(this, _caller.Version);

    /// <summary>Not under the lock: an already cancelled token calls back at once.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled) return;
        _cancellation = cancellationToken.UnsafeRegister(static (exchange, token) => ((PublishExchange)exchange!)._owner.Cancel((PublishExchange)exchange, token), this);
    }

    public void Answer(in MqttPublishResult result)
    {
        if (_answered) return;
        _answered = true;
        _caller.SetResult(result);
    }

    public void AnswerCancelled(CancellationToken cancellationToken)
    {
        if (_answered) return;
        _answered = true;
        _caller.SetException(new OperationCanceledException(cancellationToken));
    }

    public MqttPublishResult GetResult(short token)
    {
        _cancellation.Unregister();
        return _caller.GetResult(token);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _caller.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _caller.OnCompleted(continuation, state, token, flags);
}

/// <summary>Publishes in order; each is in one list at most.</summary>
internal sealed class PublishList
{
    private PublishExchange? _last;

    public PublishExchange? First { get; private set; }

    public int Count { get; private set; }

    public void Add(PublishExchange exchange)
    {
        (exchange.List, exchange.Previous, exchange.Next) = (this, _last, null);
        if (_last is null) First = exchange;
        else _last.Next = exchange;
        _last = exchange;
        Count++;
    }

    public void Remove(PublishExchange exchange)
    {
        if (exchange.Previous is null) First = exchange.Next;
        else exchange.Previous.Next = exchange.Next;
        if (exchange.Next is null) _last = exchange.Previous;
        else exchange.Next.Previous = exchange.Previous;
        (exchange.List, exchange.Previous, exchange.Next) = (null, null, null);
        Count--;
    }

    public PublishExchange? TakeFirst()
    {
        var first = First;
        if (first is not null) Remove(first);
        return first;
    }
}
