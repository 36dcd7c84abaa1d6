using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Templates;

namespace TriggerConsole.Core.Amqp;

/// <summary>
/// The closed list of what an AMQP attempt can come to.
/// <list type="table">
/// <item><term><c>confirmed</c></term><description>Success: the broker has taken the message (basic.ack); with <c>mandatory</c> it is in a queue.</description></item>
/// <item><term><c>unroutable</c></term><description>Permanent, or Transient when the trigger says so: no queue is bound for it (basic.return). It is nowhere.</description></item>
/// <item><term><c>refused</c></term><description>Transient: the broker refused it (basic.nack): a queue is full and set to reject, or failed.</description></item>
/// <item><term><c>exchange_missing</c></term><description>Configuration: the broker has no such exchange (404).</description></item>
/// <item><term><c>access_refused</c></term><description>Authentication: the user may not publish there (403).</description></item>
/// <item><term><c>message_refused</c></term><description>Permanent: the broker does not accept this message (406, and whatever else it closes a channel with).</description></item>
/// <item><term><c>exchange_deleted</c></term><description>Configuration: the exchange has been deleted here.</description></item>
/// <item><term><c>broker_unreachable</c></term><description>Unavailable: there is no connection; the detail says why. Nothing was sent.</description></item>
/// <item><term><c>broker_disabled</c></term><description>Unavailable: the broker is switched off here.</description></item>
/// <item><term><c>broker_missing</c></term><description>Configuration: the broker has been deleted.</description></item>
/// <item><term><c>broker_blocked</c></term><description>Unavailable: the broker takes no messages for now, because memory or disk run low. When it said so before, nothing was sent.</description></item>
/// <item><term><c>connection_closed</c></term><description>Transient: the broker closed the connection before the confirm came; the detail has its code. The message may have arrived.</description></item>
/// <item><term><c>connection_lost</c></term><description>Transient: the connection broke before the confirm came. The message may have arrived.</description></item>
/// <item><term><c>timeout</c></term><description>Timeout: no confirm within the attempt's limit. The message may have arrived.</description></item>
/// <item><term><c>routing_key_too_long</c></term><description>Configuration: with the values of the event it has more than 255 bytes.</description></item>
/// <item><term><c>header_invalid</c></term><description>Configuration: what the templates made of a header is not of its type, or all of them are too large.</description></item>
/// <item><term><c>message_invalid</c></term><description>Configuration: what the templates made cannot be written as AMQP; the detail names the part.</description></item>
/// <item><term><c>payload_not_json</c>, <c>payload_not_xml</c>, <c>payload_not_text</c></term><description>Configuration: the event that goes on as it came is not of the body's format. Nothing was sent.</description></item>
/// <item><term><c>template_…</c></term><description>Configuration: see <see cref="TemplateException"/>; <c>template_invalid</c> when what a template names has been deleted since the trigger was saved.</description></item>
/// <item><term><c>internal</c></term><description>Permanent: a fault of TriggerConsole's own, to be found in its log.</description></item>
/// </list>
/// </summary>
internal static class AmqpFailures
{
    public const string Confirmed = "confirmed";
    public const string Unroutable = "unroutable";
    public const string Refused = "refused";
    public const string ExchangeMissing = "exchange_missing";
    public const string AccessRefused = "access_refused";
    public const string MessageRefused = "message_refused";
    public const string ExchangeDeleted = "exchange_deleted";
    public const string BrokerUnreachable = BrokerFailures.BrokerUnreachable;
    public const string BrokerDisabled = BrokerFailures.BrokerDisabled;
    public const string BrokerMissing = BrokerFailures.BrokerMissing;
    public const string BrokerBlocked = "broker_blocked";
    public const string ConnectionClosed = "connection_closed";
    public const string ConnectionLost = BrokerFailures.ConnectionLost;
    public const string TimedOut = BrokerFailures.TimedOut;
    public const string RoutingKeyTooLong = TemplateException.RoutingKeyTooLong;
    public const string HeaderInvalid = "header_invalid";
    public const string MessageInvalid = BrokerFailures.MessageInvalid;
    public const string PayloadNotJson = MessageFormats.NotJson;
    public const string PayloadNotXml = MessageFormats.NotXml;
    public const string PayloadNotText = MessageFormats.NotText;
    public const string TemplateInvalid = BrokerFailures.TemplateInvalid;
    public const string Internal = BrokerFailures.Internal;

    private const ushort AccessRefusedCode = 403;
    private const ushort NotFoundCode = 404;

    public static AttemptFailure ExchangeGone { get; } = new(FailureKind.Configuration, ExchangeDeleted, "The exchange that this trigger publishes to has been deleted here. Choose another one.");

    /// <summary>Null for a success.</summary>
    /// <param name="routingKey">As it was sent, masked.</param>
    /// <param name="retryUnroutable">The trigger's choice.</param>
    /// <param name="why">Why there is no connection, or why it broke, in a sentence; null when that is not known.</param>
    /// <param name="said">The broker's own words, masked and short; null when it said none.</param>
    public static AttemptFailure? From(in AmqpPublishResult result, AmqpDestination destination, string routingKey, bool retryUnroutable, string? why, string? said) => result.Status switch
    {
        AmqpPublishStatus.Confirmed => null,
        AmqpPublishStatus.Returned => new(retryUnroutable ? FailureKind.Transient : FailureKind.Permanent, Unroutable, $"The broker took the message, but no queue is bound for it: {NoQueue(destination, routingKey)}, and replay it."),
        AmqpPublishStatus.Refused => new(FailureKind.Transient, Refused, "The broker refused the message: a queue that it goes to is full and set to reject, or has failed. Let consumers take more from it, or give it more room."),
        AmqpPublishStatus.ChannelClosed => FromClosure(result.ReplyCode, destination, said),
        AmqpPublishStatus.NotConnected => BrokerFailures.Unreachable(why),
        AmqpPublishStatus.Blocked => new(FailureKind.Unavailable, BrokerBlocked, $"The broker takes no messages for now{Quote(said)}; nothing was sent. Look at its memory and disk."),
        AmqpPublishStatus.ConnectionClosed => new(FailureKind.Transient, ConnectionClosed, $"The broker closed the connection before it confirmed the message ({result.ReplyCode} {said ?? "without a word"}). The message may have arrived."),
        AmqpPublishStatus.Stopped => new(FailureKind.Transient, ConnectionLost, "The connection to the broker was closed here, because its settings changed, before the confirm came."),
        _ => new(FailureKind.Transient, ConnectionLost, BrokerFailures.Join("The connection to the broker broke before the confirm came. The message may have arrived.", why)),
    };

    /// <param name="blocked">Why the broker takes no messages meanwhile, masked and short; null when it does.</param>
    public static AttemptFailure FromSilence(TimeSpan limit, string? blocked) => blocked is null
        ? new(FailureKind.Timeout, TimedOut, $"The broker did not confirm the message within {limit.TotalSeconds:0.###} s. It may have arrived.")
        : new(FailureKind.Unavailable, BrokerBlocked, $"The broker takes no messages for now{Quote(blocked)}, and did not confirm this one within {limit.TotalSeconds:0.###} s. It may have arrived. Look at its memory and disk.");

    private static AttemptFailure FromClosure(ushort code, AmqpDestination destination, string? said) => code switch
    {
        NotFoundCode => new(FailureKind.Configuration, ExchangeMissing, $"There is no {InWords(destination)} at the broker{Quote(said)}. Make it there; or, when it is to be made from here, check it under Brokers, which makes it again."),
        AccessRefusedCode => new(FailureKind.Authentication, AccessRefused, $"The broker does not let this user publish to the {InWords(destination)}{Quote(said)}. Check the user's permissions, and that the exchange is not an internal one."),
        _ => new(FailureKind.Permanent, MessageRefused, $"The broker does not accept this message ({code} {said ?? "without a word"}). Check its size, its properties and its headers."),
    };

    private static string NoQueue(AmqpDestination destination, string routingKey) => destination switch
    {
        { Queue: { } queue } => $"there is no queue {queue}. Make it, or correct its name",
        { Type: AmqpExchangeType.Fanout } => $"the exchange {destination.Exchange} has none. Bind one",
        { Type: AmqpExchangeType.Headers } => $"at the exchange {destination.Exchange} none takes these headers. Make a binding, or correct the headers",
        _ when routingKey.Length == 0 => $"at the exchange {destination.Exchange} none takes an empty routing key. Make a binding, or give a routing key",
        _ => $"at the exchange {destination.Exchange} none takes the routing key {routingKey}. Make a binding, or correct the routing key",
    };

    private static string InWords(AmqpDestination destination) => destination.Queue is { } queue ? $"queue {queue}" : $"exchange {destination.Exchange}";

    private static string Quote(string? said) => said is null ? "" : $" (\"{said}\")";
}
