using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>What to try when a connection does not come about. Goes with the codes of the protocols (<c>MqttFaults</c>, <c>AmqpFaults</c>).</summary>
internal static class BrokerAdvice
{
    /// <summary>Null when nothing better can be said than what has happened.</summary>
    public static string? Of(BrokerFailure failure, TriggerKind kind) => failure.Code switch
    {
        "dns" => "Check the spelling of the host. A name that only your own network knows must be known to this server as well.",
        "connect_refused" => kind == TriggerKind.Amqp
            ? "Is the broker running, and is it this port? It is usually 5672, or 5671 when encrypted; 15672 is RabbitMQ's own web page."
            : "Is the broker running, and is it this port? It is usually 1883, or 8883 when encrypted. A mosquitto without further settings takes connections from its own machine only.",
        "connect_failed" => "Check host and port, and whether a firewall stands in between.",
        "timeout" => "Check host and port. A firewall that drops packets looks like this, and so does an encrypted port that is spoken to in plain.",
        "blocked_by_egress_policy" => "Which addresses may be called is set in the configuration, under Egress.",
        "tls" => $"Check the certificates under Encryption, and that the port is the encrypted one, usually {(kind == TriggerKind.Amqp ? "5671" : "8883")}.",
        "websocket" => "Check port and path; the path is often /mqtt.",
        "not_mqtt" => "Something else listens on this port. Check host and port, and whether the port is an encrypted one.",
        "not_amqp" => "Something else listens on this port. Check host and port (RabbitMQ's web page, usually 15672, is not it), and whether the port is an encrypted one.",
        "login_refused" => "Check user name and password, then test again. RabbitMQ lets the user guest in from its own machine only.",
        "vhost_missing" => "Check the virtual host. Upper and lower case differ, and / is the one that every broker has from the start.",
        "vhost_refused" => "Ask the broker's operator to allow this user on the virtual host: its permissions are set for each of them apart.",
        "connection_lost" => "Brokers hang up without a word when they do not like what they get: check encryption, user name and password.",
        "refused_by_broker" => OfReason(failure.Reason),
        _ => null,
    };

    private static string? OfReason(string? reason)
    {
        if (reason is not { Length: >= 4 }) return null;
        return reason[..4] switch
        {
            "0x86" => "Check user name and password, then test again.",
            "0x87" => "Check user name and password, and what the broker's operator allows this account.",
            "0x85" => "Give another client id, or leave it empty so that the broker chooses one.",
            "0x84" => "Choose another protocol version under Connection details.",
            "0x8A" => "Ask the broker's operator.",
            "0x8E" => "Two connections use the same client id. Give this one an id of its own, or leave it empty.",
            "0x88" or "0x89" or "0x9F" or "320 " => "It may answer again later by itself.",
            _ => null,
        };
    }
}
