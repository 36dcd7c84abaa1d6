using RabbitMQ.Client;

namespace TriggerConsole.Core.Amqp.Client;

/// <summary>
/// The kept connection to one broker. What the network or the broker does is told by results, never by exceptions. All members may be
/// called from any thread.
/// </summary>
internal interface IAmqpClient : IAsyncDisposable
{
    AmqpStatus Status { get; }

    /// <summary>Whether a publish would be sent now; false as well while the broker has blocked the connection. Takes no lock.</summary>
    bool IsReady { get; }

    /// <summary>A change of state, never a mere figure. Called one at a time, and must return quickly.</summary>
    event Action<AmqpStatus>? StatusChanged;

    /// <summary>Connects, and stays connected in the background until stopped or disposed.</summary>
    void Start();

    /// <summary>One try, without reconnects; null when connected. Not together with <see cref="Start"/>.</summary>
    Task<AmqpConnectFailure?> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Ends with the broker's confirm. Queued synchronously, in the order of the calls, and written in that order per exchange. A
    /// cancelled call stops waiting; what was sent goes on.
    /// </summary>
    /// <exception cref="OperationCanceledException"/>
    /// <exception cref="AmqpMessageException">The message cannot be written as AMQP; nothing was sent.</exception>
    Task<AmqpPublishResult> PublishAsync(AmqpMessage message, CancellationToken cancellationToken);

    /// <summary>
    /// Carries out operations (declare, bind, …) on a channel of their own, which is closed afterwards. A refusal of the broker ends
    /// the channel and is told by the result. Nothing that brings messages (get, consume): the connection takes none.
    /// </summary>
    /// <param name="declaresInternal">Exchanges declared by it become internal, which the channel itself has no word for.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> asked for it.</exception>
    Task<AmqpOperationResult> RunAsync(Func<IChannel, CancellationToken, Task> operations, bool declaresInternal, CancellationToken cancellationToken);

    /// <inheritdoc cref="RunAsync(Func{IChannel, CancellationToken, Task}, bool, CancellationToken)"/>
    Task<AmqpOperationResult> RunAsync(Func<IChannel, CancellationToken, Task> operations, CancellationToken cancellationToken) => RunAsync(operations, declaresInternal: false, cancellationToken);

    /// <summary>Waits for the confirms that are still to come, and disconnects, within <see cref="AmqpClientOptions.StopTimeout"/>.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
