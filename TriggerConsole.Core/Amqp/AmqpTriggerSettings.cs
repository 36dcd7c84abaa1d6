using System.Text.Json.Serialization;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Amqp;

/// <summary>
/// A message to an AMQP 0-9-1 exchange or queue, as its user described it. <c>{"exchangeId":"…","routingKey":"orders.new"}</c> or
/// <c>{"brokerId":"…","queue":"orders"}</c> is enough.
/// </summary>
public sealed record AmqpTriggerSettings : TriggerSettings
{
    public const int LongestTimeoutSeconds = 300;
    public const int MaxTemplateLength = 4096;
    public const int MaxHeaders = 100;

    /// <summary>Which exchange; its broker comes with it. Left out when <see cref="Queue"/> is given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? ExchangeId { get; init; }

    /// <summary>The broker of <see cref="Queue"/>. With <see cref="ExchangeId"/> it is left out, or is that exchange's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? BrokerId { get; init; }

    /// <summary>Straight to one queue, through the default exchange; no placeholders.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Queue { get; init; }

    /// <summary>May hold placeholders; at most 255 bytes when they are filled in. Not used with <see cref="Queue"/>, whose name it is.</summary>
    public string RoutingKey { get; init; } = "";

    /// <summary>The broker gives back what it can route to no queue, and the attempt fails as <c>unroutable</c>. Default: yes.</summary>
    public bool Mandatory { get; init; } = true;

    /// <summary>Whether what was unroutable is tried again. Default: no, it needs a binding.</summary>
    public bool RetryUnroutable { get; init; }

    /// <summary>Null: the event as it came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MessageBody? Body { get; init; }

    /// <summary>Durable queues keep it over a restart of the broker. Default: yes.</summary>
    public bool Persistent { get; init; } = true;

    /// <summary>Null: the usual one of the body's format, or the event's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentType { get; init; }

    /// <summary>Of the body as it is sent, for example <c>gzip</c>; it is only said, nothing is compressed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentEncoding { get; init; }

    /// <summary>0 to 255; queues tell up to their <c>x-max-priority</c> apart. Null: not said, which queues take as 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Priority { get; init; }

    /// <summary>How long a queue may keep it, in milliseconds, 0 to 4,294,967,295; null for ever.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ExpirationMs { get; init; }

    /// <summary>Null: the execution's id, the same in every attempt, so that receivers can drop what they have had.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MessageId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CorrelationId { get; init; }

    /// <summary>The queue where an answer is expected.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReplyTo { get; init; }

    /// <summary>What kind of message it is, in the receiver's words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AppId { get; init; }

    /// <summary>
    /// In JSON an object: <c>{"region":"eu","count":{"type":"integer","value":"{payload.count}"}}</c>. <c>idempotency-key</c> is added:
    /// the execution's id, the same in every attempt.
    /// </summary>
    [JsonConverter(typeof(AmqpHeadersConverter))]
    public IReadOnlyList<AmqpHeader> Headers { get; init; } = [];

    /// <summary>Limit from sending to the broker's confirm: 1 to 300 seconds. Default: 30.</summary>
    public double TimeoutSeconds { get; init; } = 30;
}

/// <summary>A header of a message.</summary>
/// <param name="Value">May hold placeholders; what comes out must be of the type.</param>
public sealed record AmqpHeader(string Name, string Value, AmqpHeaderType Type = AmqpHeaderType.String);

[JsonConverter(typeof(CamelCaseEnum<AmqpHeaderType>))]
public enum AmqpHeaderType
{
    /// <summary>Text (<c>S</c>).</summary>
    String,

    /// <summary>A whole number of 64 bits (<c>l</c>).</summary>
    Integer,

    /// <summary>A floating point number of 64 bits (<c>d</c>).</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c> (<c>t</c>).</summary>
    Boolean,

    /// <summary>A time in ISO 8601 or in seconds since 1970 (<c>T</c>).</summary>
    Timestamp,

    /// <summary>Bytes, written as base64 (<c>x</c>).</summary>
    Binary,
}
