using System.Net.Sockets;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Connections;

/// <summary>Makes of a broker's settings what the client wants to know. Every connection goes through <see cref="EgressConnector"/>.</summary>
internal sealed class AmqpClientOptionsFactory(EgressConnector connector, TlsClient tls)
{
    /// <summary>Long enough for what egress itself allows a slow name service and a slow host.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    /// <param name="name">Of the broker here; empty for one that is not saved.</param>
    /// <param name="trace">Watches the connection being made; null for one that is kept, where nobody looks.</param>
    public AmqpClientOptions Make(AmqpBrokerSettings settings, BrokerAddress address, string name, ConnectTrace? trace = null)
    {
        var certificates = settings.Tls?.Read(new FieldErrors());
        var peer = !address.IsEncrypted() ? null : new TlsPeer
        {
            ServerName = string.IsNullOrEmpty(settings.Tls?.ServerName) ? null : settings.Tls.ServerName,
            Protocols = [.. (settings.Tls?.Alpn ?? []).Select(p => new System.Net.Security.SslApplicationProtocol(p))],
            Authorities = certificates?.Authorities,
            ClientCertificate = certificates?.Client,
            PlainHint = "whether the address should start with amqp:// instead of amqps://",
        };
        return new()
        {
            Host = address.Host,
            Port = address.Port,
            VirtualHost = AmqpAddress.VirtualHostOf(address),
            Username = settings.Username,
            Password = settings.Password ?? (settings.Username == AmqpBrokerSettings.DefaultUser ? AmqpBrokerSettings.DefaultUser : ""),
            HeartbeatSeconds = (ushort)settings.HeartbeatSeconds,
            ConnectionName = settings.ConnectionName.Length > 0 ? settings.ConnectionName : name.Length > 0 ? $"TriggerConsole: {name}" : "TriggerConsole",
            ConnectTimeout = ConnectTimeout,
            Dial = cancellationToken => DialAsync(address, peer, trace ?? new(), cancellationToken),
        };
    }

    private async ValueTask<AmqpTransport> DialAsync(BrokerAddress address, TlsPeer? peer, ConnectTrace trace, CancellationToken cancellationToken)
    {
        var connection = await connector.ConnectAsync(address.Host, address.Port, trace, cancellationToken);
        if (!connection.IsConnected) throw new AmqpDialException(FaultOf(connection.Failure), connection.Failure.Detail);
        if (peer is null) return new(new NetworkStream(connection.Socket, ownsSocket: true), connection.Socket);
        try
        {
            return new(await tls.AuthenticateAsync(connection.Socket, address.Host, peer, trace, cancellationToken), connection.Socket);
        }
        catch (EgressException exception)
        {
            throw new AmqpDialException(FaultOf(exception.Failure), exception.Failure.Detail);
        }
    }

    private static AmqpConnectFault FaultOf(EgressFailure failure) => failure.Fault switch
    {
        EgressFault.Dns or EgressFault.BadHost => AmqpConnectFault.Dns,
        EgressFault.Blocked => AmqpConnectFault.Blocked,
        EgressFault.Refused => AmqpConnectFault.Refused,
        EgressFault.TimedOut => AmqpConnectFault.Timeout,
        EgressFault.Tls => AmqpConnectFault.Tls,
        _ => AmqpConnectFault.Unreachable,
    };
}
