using System.Net.Sockets;
using System.Text;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt.Connections;

/// <summary>Makes of a broker's settings what the client wants to know. Every connection goes through <see cref="EgressConnector"/>.</summary>
internal sealed class MqttClientOptionsFactory(EgressConnector connector, TimeProvider time)
{
    /// <summary>Long enough for what egress itself allows a slow name service and a slow host.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Publishes without an acknowledgement at the same time; the broker may lower it.</summary>
    public const int MaximumInFlight = 1024;

    /// <param name="trace">Watches the connection being made; null for one that is kept, where nobody looks.</param>
    public MqttClientOptions Make(MqttBrokerSettings settings, BrokerAddress address, ConnectTrace? trace = null)
    {
        var certificates = settings.Tls?.Read(new FieldErrors());
        trace ??= new();
        return new()
        {
            Endpoint = new(TransportOf(address), address.Host, address.Port, address.Path.Length == 0 ? "/mqtt" : address.Path),
            Version = settings.ProtocolVersion switch
            {
                MqttProtocolVersion.V311 => MqttVersionChoice.V311,
                MqttProtocolVersion.V5 => MqttVersionChoice.V5,
                _ => MqttVersionChoice.Automatic,
            },
            Username = settings.Username,
            Password = settings.Password is { Length: > 0 } password ? Encoding.UTF8.GetBytes(password) : null,
            ClientId = settings.ClientId,
            CleanStart = settings.CleanStart,
            SessionExpirySeconds = (uint)settings.SessionExpirySeconds,
            KeepAliveSeconds = (ushort)settings.KeepAliveSeconds,
            MaximumInFlight = MaximumInFlight,
            Will = settings.LastWill is { } will ? new() { Message = MessageOf(will) } : null,
            Birth = settings.BirthMessage is { } birth ? MessageOf(birth) : null,
            Close = settings.CloseMessage is { } close ? MessageOf(close) : null,
            ConnectTimeout = ConnectTimeout,
            Tls = new()
            {
                CaCertificates = certificates?.Authorities,
                ClientCertificate = certificates?.Client,
                AlpnProtocols = settings.Tls?.Alpn ?? [],
                ServerName = string.IsNullOrEmpty(settings.Tls?.ServerName) ? null : settings.Tls.ServerName,
                Authenticated = elapsed => trace.TlsMilliseconds = elapsed.TotalMilliseconds,
                ExplainCertificate = (host, certificate, chain, errors) => CertificateFaults.Find(host, certificate, chain, errors, time.GetUtcNow(), certificates?.Authorities is not null)?.Detail,
                ExplainHandshake = (host, exception) => ExplainHandshake(host, exception, address, certificates?.Client is not null),
            },
            Dial = (host, port, cancellationToken) => DialAsync(host, port, trace, cancellationToken),
        };
    }

    private async ValueTask<Stream> DialAsync(string host, int port, ConnectTrace trace, CancellationToken cancellationToken)
    {
        var connection = await connector.ConnectAsync(host, port, trace, cancellationToken);
        return connection.IsConnected ? new NetworkStream(connection.Socket, ownsSocket: true) : throw new MqttDialException(FaultOf(connection.Failure), connection.Failure.Detail);
    }

    private static string ExplainHandshake(string host, Exception exception, BrokerAddress address, bool showsCertificate)
    {
        var hint = PlainHintFor(address);
        var sentence = TlsFaults.Explain(host, exception, hint, showsCertificate);
        // A broker's port without TLS hangs up without a word
        return TlsFaults.Of(exception) == TlsFault.Handshake ? $"{sentence} Or it does not speak TLS on this port: check {hint}." : sentence;
    }

    private static MqttConnectFault FaultOf(EgressFailure failure) => failure.Fault switch
    {
        EgressFault.Dns or EgressFault.BadHost => MqttConnectFault.Dns,
        EgressFault.Blocked => MqttConnectFault.Blocked,
        EgressFault.Refused => MqttConnectFault.Refused,
        EgressFault.TimedOut => MqttConnectFault.Timeout,
        EgressFault.Tls => MqttConnectFault.Tls,
        _ => MqttConnectFault.Unreachable,
    };

    private static MqttMessage MessageOf(MqttBrokerMessage message) => new()
    {
        Topic = message.Topic,
        Payload = Encoding.UTF8.GetBytes(message.Payload),
        Qos = (MqttQos)message.Qos,
        Retain = message.Retain,
        PayloadIsText = true,
    };

    private static MqttTransport TransportOf(BrokerAddress address) => address.Scheme switch
    {
        "mqtts" => MqttTransport.Tls,
        "ws" => MqttTransport.WebSocket,
        "wss" => MqttTransport.SecureWebSocket,
        _ => MqttTransport.Tcp,
    };

    private static string PlainHintFor(BrokerAddress address)
        => address.Scheme == "wss" ? "whether the address should start with ws:// instead of wss://" : "whether the address should start with mqtt:// instead of mqtts://";
}
