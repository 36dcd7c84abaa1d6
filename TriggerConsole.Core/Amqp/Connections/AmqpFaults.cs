using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Amqp.Connections;

/// <summary>
/// The closed list of what keeps a connection to a broker from coming about, or ends it.
/// <list type="table">
/// <item><term><c>dns</c></term><description>The host name was not found.</description></item>
/// <item><term><c>connect_failed</c></term><description>There is no way to the host.</description></item>
/// <item><term><c>connect_refused</c></term><description>Nothing listens on the port.</description></item>
/// <item><term><c>timeout</c></term><description>No connection, or no answer to the sign-in, in time.</description></item>
/// <item><term><c>blocked_by_egress_policy</c></term><description>The address may not be called.</description></item>
/// <item><term><c>tls</c></term><description>The handshake failed or the certificate is not to be trusted; the detail says why.</description></item>
/// <item><term><c>not_amqp</c></term><description>What answers does not speak AMQP 0-9-1.</description></item>
/// <item><term><c>protocol</c></term><description>The broker broke the rules of AMQP, or sent what is built to hurt.</description></item>
/// <item><term><c>login_refused</c></term><description>User name or password are wrong, or this user may not sign in from here.</description></item>
/// <item><term><c>vhost_missing</c></term><description>There is no such virtual host.</description></item>
/// <item><term><c>vhost_refused</c></term><description>The user may not use this virtual host.</description></item>
/// <item><term><c>refused_by_broker</c></term><description>The broker ended the connection with another reason: a limit, its shutdown, an administrator.</description></item>
/// <item><term><c>connection_lost</c></term><description>The connection broke.</description></item>
/// </list>
/// </summary>
internal static class AmqpFaults
{
    public static string CodeOf(AmqpConnectFault fault) => fault switch
    {
        AmqpConnectFault.Dns => "dns",
        AmqpConnectFault.Unreachable => "connect_failed",
        AmqpConnectFault.Refused => "connect_refused",
        AmqpConnectFault.Timeout => "timeout",
        AmqpConnectFault.Blocked => "blocked_by_egress_policy",
        AmqpConnectFault.Tls => "tls",
        AmqpConnectFault.NotAmqp => "not_amqp",
        AmqpConnectFault.Protocol => "protocol",
        AmqpConnectFault.LoginRefused => "login_refused",
        AmqpConnectFault.VirtualHostMissing => "vhost_missing",
        AmqpConnectFault.VirtualHostRefused => "vhost_refused",
        AmqpConnectFault.RefusedByBroker => "refused_by_broker",
        _ => "connection_lost",
    };

    /// <param name="masker">A broker may repeat in its words what we sent it.</param>
    public static BrokerFailure? ToFailure(AmqpConnectFailure? failure, SecretMasker masker)
        => failure is null ? null : new(CodeOf(failure.Fault), masker.MaskText(failure.Sentence), failure.Reason is { } reason ? masker.MaskText(reason) : null);
}
