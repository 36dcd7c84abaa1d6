namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>
/// One connection to one broker. What the network or the broker does is told by results, never by exceptions;
/// <see cref="MqttArgumentException"/> tells what was asked wrongly. All members may be called from any thread.
/// </summary>
public interface IMqttClient : IAsyncDisposable
{
    MqttStatus Status { get; }

    /// <summary>Whether a publish would be sent now rather than answered <see cref="MqttPublishStatus.NotConnected"/>. Takes no lock.</summary>
    bool IsConnected { get; }

    /// <summary>A change of state, never a mere figure. Called one at a time, and must return quickly.</summary>
    event Action<MqttStatus>? StatusChanged;

    /// <summary>Connects, and stays connected in the background until stopped or disposed.</summary>
    /// <exception cref="InvalidOperationException">It was started, connected or stopped before.</exception>
    void Start();

    /// <summary>
    /// One try, without reconnects; null when connected. A second call while one is under way gets the same answer. Not together
    /// with <see cref="Start"/>.
    /// </summary>
    Task<MqttConnectFailure?> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>
    /// QoS 0 ends when written, 1 with PUBACK, 2 with PUBCOMP. Queued synchronously, in the order of the calls; waits while the
    /// window is full. A cancelled call stops waiting; what was sent goes on.
    /// </summary>
    /// <exception cref="MqttArgumentException">The message can never be sent.</exception>
    /// <exception cref="OperationCanceledException"/>
    ValueTask<MqttPublishResult> PublishAsync(MqttMessage message, CancellationToken cancellationToken);

    /// <summary>One result per subscription, in the same order. Granted ones are made again when the broker lost the session.</summary>
    /// <exception cref="MqttArgumentException"/>
    Task<IReadOnlyList<MqttSubscribeResult>> SubscribeAsync(IReadOnlyList<MqttSubscription> subscriptions, CancellationToken cancellationToken);

    /// <summary>One result per filter, in the same order.</summary>
    /// <exception cref="MqttArgumentException"/>
    Task<IReadOnlyList<MqttSubscribeResult>> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken);

    /// <summary>Waits for what is in flight, publishes the close message, disconnects; all within <see cref="MqttClientOptions.StopTimeout"/>.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
