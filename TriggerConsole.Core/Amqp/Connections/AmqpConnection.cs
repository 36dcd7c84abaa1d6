using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Amqp.Connections;

internal sealed class AmqpConnection : BrokerConnection<RuntimeAmqpBroker>
{
    public const string ProtocolVersion = "0-9-1";

    private readonly Lock _gate = new();
    private volatile bool _isPrepared;
    private int _life;

    public AmqpConnection(RuntimeAmqpBroker broker, IAmqpClient client, TimeProvider time) : base(broker, time)
    {
        Client = client;
        Masker = MaskerFor(broker.Settings);
        client.StatusChanged += status =>
        {
            if (status.State is not (AmqpState.Connected or AmqpState.Blocked)) End();
            StatusChanged(ToStatus(status));
        };
    }

    public IAmqpClient Client { get; }

    public override SecretMasker Masker { get; }

    /// <summary>After exchanges and bindings were made, so that nothing is published before there is a place for it.</summary>
    public override bool IsConnected => _isPrepared && Client.IsReady;

    public override BrokerStatus Status => ToStatus(Client.Status);

    /// <summary>Whether exchanges and bindings have been made on this connection.</summary>
    public bool IsPrepared => _isPrepared;

    /// <summary>Number of the life that the connection is in, for <see cref="Prepared"/>.</summary>
    public int Life
    {
        get { lock (_gate) return _life; }
    }

    /// <summary>Exchanges and bindings were made in this life; without effect when that is over.</summary>
    public void Prepared(int life)
    {
        lock (_gate) _isPrepared |= life == _life;
    }

    public static SecretMasker MaskerFor(AmqpBrokerSettings settings) => SecretMasker.For([settings.Password ?? "", settings.Tls?.ClientKey ?? ""]);

    public override void Start() => Client.Start();

    public override ValueTask DisposeAsync() => Client.DisposeAsync();

    protected override Task StopAsync() => Client.StopAsync(CancellationToken.None);

    private void End()
    {
        lock (_gate)
        {
            _isPrepared = false;
            _life++;
        }
    }

    private BrokerStatus ToStatus(AmqpStatus status) => new()
    {
        State = status.State switch
        {
            AmqpState.Connected => BrokerState.Connected,
            AmqpState.Blocked => BrokerState.Blocked,
            AmqpState.Connecting => BrokerState.Connecting,
            AmqpState.Waiting => BrokerState.Waiting,
            _ => BrokerState.Stopped,
        },
        ConnectedSince = status.ConnectedSince,
        ProtocolVersion = status.State is AmqpState.Connected or AmqpState.Blocked ? ProtocolVersion : null,
        Server = status.Server,
        RoundTripMs = status.RoundTrip is { } trip ? Math.Round(trip.TotalMilliseconds, 3) : null,
        InFlight = status.InFlight,
        Published = status.Published,
        BlockedReason = status.BlockedReason is { } reason ? Masker.MaskText(reason) : null,
        LastFailure = AmqpFaults.ToFailure(status.LastFailure, Masker),
        NextTryAt = status.NextTry,
    };
}
