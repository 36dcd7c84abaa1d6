namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>One publish from the call to its end, and the thing its caller waits for.</summary>
internal sealed class PendingPublish(AmqpMessage message, PublishCounter counter, long started) : TaskCompletionSource<AmqpPublishResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private CancellationTokenRegistration _cancellation;

    public AmqpMessage Message { get; } = message;

    /// <summary>Timestamp of its being sent.</summary>
    public long SentAt { get; set; }

    /// <summary>The broker gave it back: code and words; 0 when it did not. Its ack comes afterwards.</summary>
    public ushort ReturnCode { get; set; }

    public string? ReturnText { get; set; }

    /// <summary>Nobody waits for it any more.</summary>
    public bool IsOver => Task.IsCompleted;

    /// <summary>Not under a lock: an already cancelled token calls back at once.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled) return;
        _cancellation = cancellationToken.UnsafeRegister(static (publish, token) => ((PendingPublish)publish!).TrySetCanceled(token), this);
        if (IsOver) _cancellation.Unregister(); // it ended before the registration was noted
    }

    /// <summary>basic.ack or basic.nack.</summary>
    public void Settle(bool isAck)
    {
        if (!isAck) End(AmqpPublishStatus.Refused);
        else if (ReturnCode != 0) End(AmqpPublishStatus.Returned, ReturnCode, ReturnText);
        else End(AmqpPublishStatus.Confirmed);
    }

    /// <summary>Nothing more is to be expected. A return that has come tells enough.</summary>
    public void GiveUp(AmqpPublishStatus status, ushort code = 0, string? text = null)
    {
        if (ReturnCode != 0) End(AmqpPublishStatus.Returned, ReturnCode, ReturnText);
        else End(status, code, text);
    }

    /// <summary>It cannot be sent as it is.</summary>
    public void Fail(Exception exception)
    {
        _cancellation.Unregister();
        TrySetException(exception);
    }

    public void End(AmqpPublishStatus status, ushort code = 0, string? text = null)
    {
        _cancellation.Unregister();
        TrySetResult(new(status, code, text, counter.Since(started)));
    }
}
