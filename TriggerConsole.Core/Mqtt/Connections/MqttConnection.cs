using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Mqtt.Connections;

internal sealed class MqttConnection : BrokerConnection<RuntimeMqttBroker>
{
    private volatile bool _wasConnected;

    public MqttConnection(RuntimeMqttBroker broker, IMqttClient client, TimeProvider time) : base(broker, time)
    {
        Client = client;
        Masker = SecretMasker.For([broker.Settings.Password ?? "", broker.Settings.Tls?.ClientKey ?? ""]);
        client.StatusChanged += status =>
        {
            _wasConnected |= status.State == MqttState.Connected;
            StatusChanged(ToStatus(status));
        };
    }

    public IMqttClient Client { get; }

    public override SecretMasker Masker { get; }

    public override bool IsConnected => Client.IsConnected;

    public override BrokerStatus Status => ToStatus(Client.Status);

    public override void Start() => Client.Start();

    public override ValueTask DisposeAsync() => Client.DisposeAsync();

    protected override Task StopAsync() => Client.StopAsync(CancellationToken.None);

    private BrokerStatus ToStatus(MqttStatus status) => new()
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
        LastFailure = MqttFaults.ToFailure(status.LastFailure, Masker, _wasConnected ? null : MqttFaults.HintFor(Broker.Address, Broker.Settings)),
        NextTryAt = status.NextTry,
    };
}
