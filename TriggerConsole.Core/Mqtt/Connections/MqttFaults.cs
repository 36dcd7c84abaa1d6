using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Mqtt.Connections;

/// <summary>
/// The closed list of what keeps a connection to a broker from coming about, or ends it.
/// <list type="table">
/// <item><term><c>dns</c></term><description>The host name was not found.</description></item>
/// <item><term><c>connect_failed</c></term><description>There is no way to the host.</description></item>
/// <item><term><c>connect_refused</c></term><description>Nothing listens on the port.</description></item>
/// <item><term><c>timeout</c></term><description>No connection, or no answer to the sign-in, in time.</description></item>
/// <item><term><c>blocked_by_egress_policy</c></term><description>The address may not be called.</description></item>
/// <item><term><c>tls</c></term><description>The handshake failed or the certificate is not to be trusted; the detail says why.</description></item>
/// <item><term><c>websocket</c></term><description>The server does not take the connection as a WebSocket for MQTT.</description></item>
/// <item><term><c>not_mqtt</c></term><description>What answers does not speak MQTT.</description></item>
/// <item><term><c>protocol</c></term><description>The broker broke the rules of MQTT.</description></item>
/// <item><term><c>refused_by_broker</c></term><description>The broker said no, or ended the connection with a reason: wrong password, client id not allowed, …</description></item>
/// <item><term><c>connection_lost</c></term><description>The connection broke.</description></item>
/// </list>
/// </summary>
internal static class MqttFaults
{
    public static string CodeOf(MqttConnectFault fault) => fault switch
    {
        MqttConnectFault.Dns => "dns",
        MqttConnectFault.Unreachable => "connect_failed",
        MqttConnectFault.Refused => "connect_refused",
        MqttConnectFault.Timeout => "timeout",
        MqttConnectFault.Blocked => "blocked_by_egress_policy",
        MqttConnectFault.Tls => "tls",
        MqttConnectFault.WebSocket => "websocket",
        MqttConnectFault.NotMqtt => "not_mqtt",
        MqttConnectFault.Protocol => "protocol",
        MqttConnectFault.RefusedByBroker => "refused_by_broker",
        _ => "connection_lost",
    };

    /// <param name="masker">A broker may repeat in its words what we sent it.</param>
    /// <param name="hint">What else may be behind a connection that broke; null for nothing.</param>
    public static BrokerFailure? ToFailure(MqttConnectFailure? failure, SecretMasker masker, string? hint)
    {
        if (failure is null) return null;
        var sentence = masker.MaskText(failure.Sentence);
        return new(CodeOf(failure.Fault), failure.Fault == MqttConnectFault.ConnectionLost && hint is not null ? $"{sentence} {hint}" : sentence, failure.Reason?.Describe());
    }

    /// <summary>
    /// For connections that break before they are signed in: in TLS 1.3 (RFC 8446, section 4.4.2.4) the client is done before the server
    /// has looked at its certificate, so a refusal is a broken connection.
    /// </summary>
    public static string? HintFor(BrokerAddress address, MqttBrokerSettings settings)
    {
        if (!address.IsEncrypted()) return null;
        return string.IsNullOrWhiteSpace(settings.Tls?.ClientCertificate)
            ? "A broker that asks for a client certificate does this as well; then give one under TLS."
            : "A broker that does not accept our client certificate does this as well.";
    }
}
