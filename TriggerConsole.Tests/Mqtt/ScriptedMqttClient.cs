using System.Collections.Concurrent;
using TriggerConsole.Core.Mqtt.Client;

namespace TriggerConsole.Tests.Mqtt;

/// <summary>A client whose state and answers a test sets.</summary>
internal sealed class ScriptedMqttClient(MqttClientOptions options) : IMqttClient
{
    public event Action<MqttStatus>? StatusChanged;

    public MqttClientOptions Options { get; } = options;

    public MqttStatus Status { get; private set; } = new(MqttState.Stopped, null, null, null, 0, null, null, null, 0, 0);

    public bool IsConnected => Status.State == MqttState.Connected;

    public ConcurrentQueue<MqttMessage> Messages { get; } = new();

    public Func<MqttMessage, CancellationToken, ValueTask<MqttPublishResult>> Answer { get; set; } = (_, _) => new(Result(MqttPublishStatus.Acknowledged));

    public bool IsStopped { get; private set; }

    public static MqttPublishResult Result(MqttPublishStatus status, MqttReasonCode reason = MqttReasonCode.Success, string? text = null, MqttVersion version = MqttVersion.V5)
        => new() { Status = status, Reason = reason, ReasonText = text, Version = version, Elapsed = TimeSpan.FromMilliseconds(1.5) };

    public void Become(MqttStatus status)
    {
        Status = status;
        StatusChanged?.Invoke(status);
    }

    public void Become(MqttState state, MqttConnectFailure? failure = null, MqttVersion version = MqttVersion.V5)
        => Become(Status with { State = state, LastFailure = failure ?? Status.LastFailure, Version = state == MqttState.Connected ? version : null });

    public void Start() => Become(MqttState.Connecting);

    public Task<MqttConnectFailure?> ConnectAsync(CancellationToken cancellationToken) => Task.FromResult<MqttConnectFailure?>(null);

    public ValueTask<MqttPublishResult> PublishAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        Messages.Enqueue(message);
        return Answer(message, cancellationToken);
    }

    public Task<IReadOnlyList<MqttSubscribeResult>> SubscribeAsync(IReadOnlyList<MqttSubscription> subscriptions, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<MqttSubscribeResult>> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task StopAsync(CancellationToken cancellationToken)
    {
        IsStopped = true;
        Become(MqttState.Stopped);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
