using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client.Transports;

namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>What all lanes of one connection share.</summary>
internal abstract class LaneContext(PublishCounter counter, AmqpStream stream, FrameGuard? guard, int maximumInFlight)
{
    private volatile LaneEnding? _ending;

    public PublishCounter Counter { get; } = counter;

    public AmqpStream Stream { get; } = stream;

    public FrameGuard? Guard { get; } = guard;

    /// <summary>As many permits as there may be messages without a confirm.</summary>
    public SemaphoreSlim Window { get; } = new(maximumInFlight);

    /// <summary>Sent, and without a confirm.</summary>
    public int InFlight => maximumInFlight - Window.CurrentCount;

    /// <summary>How what is open ends, once the connection is over.</summary>
    public LaneEnding? Ending
    {
        get => _ending;
        protected set => _ending = value;
    }

    /// <summary>The broker takes nothing now.</summary>
    public abstract bool IsBlocked { get; }

    /// <summary>One more channel, with confirms; null when there is none, and then the connection is over.</summary>
    public abstract Task<IChannel?> OpenChannelAsync();

    /// <summary>A channel is closed. <see cref="Ending"/> is set afterwards, if it is the connection that has ended.</summary>
    public abstract void OnChannelClosed();

    /// <summary>The broker broke the rules.</summary>
    public abstract void EndByViolation(string what);

    /// <summary>Ours: but nobody must wait for ever because of it.</summary>
    public abstract void EndByFault(Exception exception);
}

/// <param name="Waiting">For what was not sent.</param>
/// <param name="Sent">For what has no confirm.</param>
internal sealed record LaneEnding(AmqpPublishStatus Waiting, AmqpPublishStatus Sent, ushort Code, string? Text);
