using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Mqtt.Connections;

/// <summary>The kept connection to one broker with one version of its settings.</summary>
internal sealed class MqttConnection : IAsyncDisposable
{
    private static readonly TimeSpan s_drainStep = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly string _fingerprint;
    private volatile bool _wasConnected;

    public MqttConnection(RuntimeMqttBroker broker, IMqttClient client, TimeProvider time)
    {
        (Broker, Client, _time) = (broker, client, time);
        _fingerprint = FingerprintOf(broker);
        Masker = SecretMasker.For([broker.Settings.Password ?? "", broker.Settings.Tls?.ClientKey ?? ""]);
        client.StatusChanged += status => _wasConnected |= status.State == MqttState.Connected;
    }

    /// <summary>Its name may change while the connection stays.</summary>
    public RuntimeMqttBroker Broker { get; set; }

    public IMqttClient Client { get; }

    /// <summary>Takes out of the broker's words what only we and it should know.</summary>
    public SecretMasker Masker { get; }

    /// <summary>Whether a message can be sent right now.</summary>
    public bool IsConnected => Client.IsConnected;

    public BrokerStatus Status => ToStatus(Client.Status);

    /// <summary>Why there is no connection, in a sentence; null when that is not known.</summary>
    public string? WhyNot => FailureOf(Client.Status)?.Detail;

    /// <summary>Whether these settings are the ones it was made with; name aside.</summary>
    public bool Fits(RuntimeMqttBroker broker) => FingerprintOf(broker) == _fingerprint;

    public BrokerStatus ToStatus(MqttStatus status) => new()
    {
        State = status.State switch
        {
            MqttState.Connected => BrokerState.Connected,
            MqttState.Connecting => BrokerState.Connecting,
            MqttState.Waiting => BrokerState.Waiting,
            _ => BrokerState.Stopped,
        },
        ConnectedSince = status.ConnectedSince,
        ProtocolVersion = status is { State: MqttState.Connected, Version: { } version } ? MqttRecordWriter.VersionText(version) : null,
        RoundTripMs = status.RoundTrip is { } trip ? Math.Round(trip.TotalMilliseconds, 3) : null,
        InFlight = status.InFlight,
        Published = status.Published,
        AssignedClientId = status.AssignedClientId,
        LastFailure = FailureOf(status),
        NextTryAt = status.NextTry,
    };

    /// <summary>Waits, within limits, for the acknowledgements that are still to come, and disconnects.</summary>
    public async Task CloseAsync(TimeSpan drain)
    {
        var start = _time.GetTimestamp();
        while (IsConnected && Client.Status.InFlight > 0 && _time.GetElapsedTime(start) < drain) await Task.Delay(s_drainStep, _time);
        await Client.StopAsync(CancellationToken.None);
        await DisposeAsync();
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();

    private BrokerFailure? FailureOf(MqttStatus status)
        => MqttFaults.ToFailure(status.LastFailure, Masker, _wasConnected ? null : MqttFaults.HintFor(Broker.Address, Broker.Settings));

    private static string FingerprintOf(RuntimeMqttBroker broker) => System.Text.Json.JsonSerializer.Serialize(broker.Settings, CoreJson.Options);
}
