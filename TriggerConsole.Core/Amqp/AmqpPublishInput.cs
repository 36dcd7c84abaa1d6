using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Amqp;

/// <summary>One message to publish as it is: nothing in it is read as a placeholder. Fields are those of <see cref="AmqpTriggerSettings"/>.</summary>
public sealed record AmqpPublishInput
{
    /// <summary>An exchange that is known here; its broker comes with it. Or else <see cref="BrokerId"/> with <see cref="Queue"/> or <see cref="Exchange"/>.</summary>
    public Guid? ExchangeId { get; init; }

    public Guid? BrokerId { get; init; }

    /// <summary>Name of an exchange at the broker, known here or not; empty: the default one, which routes to the queue that the routing key names.</summary>
    public string? Exchange { get; init; }

    /// <summary>Straight to one queue, through the default exchange.</summary>
    public string? Queue { get; init; }

    public string? RoutingKey { get; init; }

    /// <summary>A JSON value, sent as compact JSON; or a text, which is sent as it is and must be of the given format.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Bytes instead, as base64.</summary>
    public string? PayloadBase64 { get; init; }

    /// <summary><c>json</c>, <c>xml</c> or <c>text</c>: what the payload must be. Default: json for a JSON value that is no text, text for a text, nothing for bytes.</summary>
    public MessageFormat? Format { get; init; }

    /// <summary>Default: yes.</summary>
    public bool? Mandatory { get; init; }

    /// <summary>Default: yes.</summary>
    public bool? Persistent { get; init; }

    public string? ContentType { get; init; }

    public string? ContentEncoding { get; init; }

    public int? Priority { get; init; }

    public long? ExpirationMs { get; init; }

    public string? MessageId { get; init; }

    public string? CorrelationId { get; init; }

    public string? ReplyTo { get; init; }

    public string? Type { get; init; }

    public string? AppId { get; init; }

    [JsonConverter(typeof(AmqpHeadersConverter))]
    public IReadOnlyList<AmqpHeader>? Headers { get; init; }

    /// <summary>Default: 30.</summary>
    public double? TimeoutSeconds { get; init; }
}
