using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Mqtt.Client;

namespace TriggerConsole.Core.Mqtt;

/// <summary>
/// The closed list of what an MQTT attempt can come to.
/// <list type="table">
/// <item><term><c>acknowledged</c></term><description>Success: the broker has taken the message (QoS 1: PUBACK, QoS 2: PUBCOMP).</description></item>
/// <item><term><c>no_matching_subscribers</c></term><description>Success: the broker has taken it, and says that nobody subscribes to this topic.</description></item>
/// <item><term><c>sent</c></term><description>Success at QoS 0: written to the network, which nobody acknowledges.</description></item>
/// <item><term><c>broker_unreachable</c></term><description>Unavailable: there is no connection; the detail says why. Nothing was sent.</description></item>
/// <item><term><c>broker_disabled</c></term><description>Unavailable: the broker is switched off here.</description></item>
/// <item><term><c>broker_missing</c></term><description>Configuration: the broker has been deleted.</description></item>
/// <item><term><c>connection_lost</c></term><description>Transient: the connection broke before the acknowledgement came. The message may have arrived.</description></item>
/// <item><term><c>timeout</c></term><description>Timeout: no acknowledgement within the attempt's limit.</description></item>
/// <item><term><c>not_authorized</c></term><description>Authentication: the account may not publish to this topic (0x87).</description></item>
/// <item><term><c>topic_invalid</c></term><description>Permanent: the broker does not accept this topic (0x90).</description></item>
/// <item><term><c>payload_format_invalid</c></term><description>Permanent: the payload is not what its format indicator says (0x99).</description></item>
/// <item><term><c>quota_exceeded</c></term><description>RateLimited: a limit of the broker is reached (0x97, 0x96).</description></item>
/// <item><term><c>server_busy</c></term><description>Unavailable: the broker is busy or shutting down (0x88, 0x89, 0x8B).</description></item>
/// <item><term><c>packet_id_in_use</c></term><description>Transient: the broker has mixed up its session (0x91).</description></item>
/// <item><term><c>refused_by_rule</c></term><description>Permanent: a rule of the broker's own refuses the message (0x83).</description></item>
/// <item><term><c>refused</c></term><description>Transient: the broker refused it with another code; the detail names it (0x80 and the rest).</description></item>
/// <item><term><c>too_large</c></term><description>Permanent: larger than the broker, or MQTT, takes.</description></item>
/// <item><term><c>not_supported</c></term><description>Configuration: the broker does not offer this QoS, or no retained messages.</description></item>
/// <item><term><c>payload_not_json</c>, <c>payload_not_xml</c>, <c>payload_not_text</c></term><description>Configuration: the event that goes on as it came is not of the body's format. Nothing was sent.</description></item>
/// <item><term><c>message_invalid</c></term><description>Configuration: what the templates made cannot be put into an MQTT packet; the detail names the part.</description></item>
/// <item><term><c>template_…</c></term><description>Configuration: see <see cref="Templates.TemplateException"/>; <c>template_invalid</c> when what a template names has been deleted since the trigger was saved.</description></item>
/// <item><term><c>internal</c></term><description>Permanent: a fault of TriggerConsole's own, to be found in its log.</description></item>
/// </list>
/// </summary>
internal static class MqttFailures
{
    public const string Acknowledged = "acknowledged";
    public const string NoMatchingSubscribers = "no_matching_subscribers";
    public const string Sent = "sent";
    public const string BrokerUnreachable = BrokerFailures.BrokerUnreachable;
    public const string BrokerDisabled = BrokerFailures.BrokerDisabled;
    public const string BrokerMissing = BrokerFailures.BrokerMissing;
    public const string ConnectionLost = BrokerFailures.ConnectionLost;
    public const string TimedOut = BrokerFailures.TimedOut;
    public const string NotAuthorized = "not_authorized";
    public const string TopicInvalid = "topic_invalid";
    public const string PayloadFormatInvalid = "payload_format_invalid";
    public const string QuotaExceeded = "quota_exceeded";
    public const string ServerBusy = "server_busy";
    public const string PacketIdInUse = "packet_id_in_use";
    public const string RefusedByRule = "refused_by_rule";
    public const string Refused = "refused";
    public const string TooLarge = "too_large";
    public const string NotSupported = "not_supported";
    public const string PayloadNotJson = MessageFormats.NotJson;
    public const string PayloadNotXml = MessageFormats.NotXml;
    public const string PayloadNotText = MessageFormats.NotText;
    public const string MessageInvalid = BrokerFailures.MessageInvalid;
    public const string TemplateInvalid = BrokerFailures.TemplateInvalid;
    public const string Internal = BrokerFailures.Internal;

    /// <summary>The code of a success.</summary>
    public static string CodeOf(MqttQos qos, MqttReasonCode reason)
        => reason == MqttReasonCode.NoMatchingSubscribers ? NoMatchingSubscribers : qos == MqttQos.AtMostOnce ? Sent : Acknowledged;

    /// <summary>Null for a success.</summary>
    /// <param name="why">Why there is no connection, or why it broke, in a sentence; null when that is not known.</param>
    /// <param name="said">The broker's own words, masked and short; null when it said none.</param>
    public static AttemptFailure? From(in MqttPublishResult result, string? why, string? said) => result.Status switch
    {
        MqttPublishStatus.Acknowledged => null,
        MqttPublishStatus.Refused => FromReason(result.Reason, said),
        MqttPublishStatus.NotConnected => BrokerFailures.Unreachable(why),
        MqttPublishStatus.TooLarge => new(FailureKind.Permanent, TooLarge, "The message is larger than the broker takes. Send less, or raise the broker's limit."),
        MqttPublishStatus.NotSupported => new(FailureKind.Configuration, NotSupported, "The broker does not offer what this trigger asks for: its QoS, or that the message is retained. Choose a lower QoS, or switch retain off."),
        MqttPublishStatus.Stopped => new(FailureKind.Transient, ConnectionLost, "The connection to the broker was closed here, because its settings changed, before the acknowledgement came."),
        _ => new(FailureKind.Transient, ConnectionLost, BrokerFailures.Join("The connection to the broker broke before the acknowledgement came.", why)),
    };

    public static AttemptFailure FromReason(MqttReasonCode reason, string? said)
    {
        var (kind, code, advice) = reason switch
        {
            MqttReasonCode.NotAuthorized => (FailureKind.Authentication, NotAuthorized, "Check what the broker lets this account publish to."),
            MqttReasonCode.TopicNameInvalid => (FailureKind.Permanent, TopicInvalid, "Check the topic, and the broker's rules for topics."),
            MqttReasonCode.PayloadFormatInvalid => (FailureKind.Permanent, PayloadFormatInvalid, "Check the payload, or leave the payload format indicator out."),
            MqttReasonCode.QuotaExceeded or MqttReasonCode.MessageRateTooHigh => (FailureKind.RateLimited, QuotaExceeded, "It is tried again later; a rate limit on the trigger helps."),
            MqttReasonCode.ServerUnavailable or MqttReasonCode.ServerBusy or MqttReasonCode.ServerShuttingDown => (FailureKind.Unavailable, ServerBusy, "It is tried again later."),
            MqttReasonCode.PacketIdentifierInUse => (FailureKind.Transient, PacketIdInUse, "It is tried again."),
            MqttReasonCode.ImplementationSpecificError => (FailureKind.Permanent, RefusedByRule, "The broker's log may say which."),
            MqttReasonCode.PacketTooLarge => (FailureKind.Permanent, TooLarge, "Send less, or raise the broker's limit."),
            MqttReasonCode.QosNotSupported or MqttReasonCode.RetainNotSupported => (FailureKind.Configuration, NotSupported, "Choose a lower QoS, or switch retain off."),
            _ => (FailureKind.Transient, Refused, "The broker's log may say more."),
        };
        return new(kind, code, $"The broker refused the message: {reason.Describe()}{(said is null ? "" : $" (\"{said}\")")}. {advice}");
    }
}
