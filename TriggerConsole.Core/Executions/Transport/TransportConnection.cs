using System.Net.Sockets;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions.Transport;

/// <summary>How the transport's broker is reached. It is part of the installation, as the database is: the rules for where triggers may call do not apply to it.</summary>
internal sealed class TransportConnection(TlsClient tls)
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(3);

    /// <param name="uri">Valid.</param>
    /// <param name="name">What the broker's own pages call the connection.</param>
    public AmqpClientOptions Make(string uri, string name)
    {
        var (url, user, password) = AmqpAddress.SplitCredentials(uri.Trim());
        var address = AmqpAddress.Parse(url, new FieldErrors(), "") ?? throw new InvalidOperationException("Execution:RabbitMq:Uri is no address.");
        return new()
        {
            Host = address.Host,
            Port = address.Port,
            VirtualHost = AmqpAddress.VirtualHostOf(address),
            Username = user ?? AmqpBrokerSettings.DefaultUser,
            Password = password ?? (user is null ? AmqpBrokerSettings.DefaultUser : ""),
            HeartbeatSeconds = 10,
            ConnectionName = name,
            ConnectTimeout = s_connectTimeout,
            Reconnect = new() { Most = s_longestWait, BusyFirst = TimeSpan.FromSeconds(1), BusyMost = s_longestWait, RefusedMost = TimeSpan.FromSeconds(30) },
            Dial = cancellationToken => DialAsync(address, cancellationToken),
        };
    }

    private async ValueTask<AmqpTransport> DialAsync(BrokerAddress address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
            if (!address.IsEncrypted()) return new(new NetworkStream(socket, ownsSocket: true), socket);
            return new(await tls.AuthenticateAsync(socket, address.Host, new TlsPeer { PlainHint = "whether Execution:RabbitMq:Uri should start with amqp:// instead of amqps://" }, new(), cancellationToken), socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            var fault = exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain ? AmqpConnectFault.Dns : exception.SocketErrorCode == SocketError.ConnectionRefused ? AmqpConnectFault.Refused : AmqpConnectFault.Unreachable;
            throw new AmqpDialException(fault, $"{address.Host}:{address.Port} cannot be reached: {exception.Message}.");
        }
        catch (EgressException exception)
        {
            socket.Dispose();
            throw new AmqpDialException(AmqpConnectFault.Tls, exception.Failure.Detail);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
