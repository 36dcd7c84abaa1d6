using Microsoft.Extensions.Logging;

namespace TriggerConsole.Core.Mqtt.Client;

/// <inheritdoc cref="IMqttClient"/>
public sealed class MqttClient : IMqttClient
{
    /// <exception cref="MqttArgumentException">The options contradict each other or the standard.</exception>
    public MqttClient(MqttClientOptions options, TimeProvider time, ILogger logger) => _ = (options, time, logger);

    public event Action<MqttStatus>? StatusChanged;

    public MqttStatus Status => throw new NotImplementedException();

    public void Start() => StatusChanged?.Invoke(Status);

    public Task<MqttConnectFailure?> ConnectAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask<MqttPublishResult> PublishAsync(MqttMessage message, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<MqttSubscribeResult>> SubscribeAsync(IReadOnlyList<MqttSubscription> subscriptions, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task<IReadOnlyList<MqttSubscribeResult>> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task StopAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
