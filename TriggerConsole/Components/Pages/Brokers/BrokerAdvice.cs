using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>What to try when a connection does not come about. Goes with the codes of the protocols (for MQTT: <c>MqttFaults</c>).</summary>
internal static class BrokerAdvice
{
    /// <summary>Null when nothing better can be said than what has happened.</summary>
    public static string? Of(BrokerFailure failure) => failure.Code switch
    {
        "dns" => "Check the spelling of the host. A name that only your own network knows must be known to this server as well.",
        "connect_refused" => "Is the broker running, and is it this port? It is usually 1883, or 8883 when encrypted. A mosquitto without further settings takes connections from its own machine only.",
        "connect_failed" => "Check host and port, and whether a firewall stands in between.",
        "timeout" => "Check host and port. A firewall that drops packets looks like this, and so does an encrypted port that is spoken to in plain.",
        "blocked_by_egress_policy" => "Which addresses may be called is set in the configuration, under Egress.",
        "tls" => "Check the certificates under Encryption, and that the port is the encrypted one, usually 8883.",
        "websocket" => "Check port and path; the path is often /mqtt.",
        "not_mqtt" => "Something else listens on this port. Check host and port, and whether the port is an encrypted one.",
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
            "0x88" or "0x89" or "0x9F" => "It may answer again later by itself.",
            _ => null,
        };
    }
}
