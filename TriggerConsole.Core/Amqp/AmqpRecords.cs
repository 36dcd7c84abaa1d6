using System.Text.Json;
using System.Text.Json.Serialization;

namespace TriggerConsole.Core.Amqp;

/// <summary>The message as it was sent, secrets masked: what is kept with an attempt, and what a preview shows.</summary>
public sealed record RecordedAmqpRequest
{
    /// <summary>Stands for the name of the exchange that has none; then <see cref="Queue"/> is there.</summary>
    public const string DefaultExchange = "default";

    public Guid BrokerId { get; init; }

    /// <summary>The broker's name at that time; null when there was none.</summary>
    public string? Broker { get; init; }

    /// <summary>Where it is, with the virtual host behind the slash unless that is the default one.</summary>
    public string? Url { get; init; }

    /// <summary>Of the exchange here; null for a queue, and for an exchange that only the broker knows.</summary>
    public Guid? ExchangeId { get; init; }

    /// <summary>Its name at the broker, or <c>default</c>.</summary>
    public string Exchange { get; init; } = "";

    /// <summary>The queue that is meant, when it is the default exchange.</summary>
    public string? Queue { get; init; }

    public string RoutingKey { get; init; } = "";

    public bool Mandatory { get; init; }

    public RecordedAmqpProperties Properties { get; init; } = new();

    public IReadOnlyList<RecordedAmqpHeader> Headers { get; init; } = [];

    /// <summary>There were more, or longer ones, than are kept.</summary>
    public bool HeadersTruncated { get; init; }

    /// <summary>The first 16 KB. Text, or base64 as <see cref="BodyEncoding"/> says.</summary>
    public string? Body { get; init; }

    /// <summary><c>text</c> or <c>base64</c>.</summary>
    public string BodyEncoding { get; init; } = "text";

    /// <summary>All bytes of the payload, kept or not.</summary>
    public long BodySize { get; init; }

    public bool BodyTruncated { get; init; }

    public static RecordedAmqpRequest? Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, AmqpRecordJson.Default.RecordedAmqpRequest);
}

/// <summary>Properties of a message (AMQP 0-9-1, section 1.8.3), in the order of the protocol.</summary>
public sealed record RecordedAmqpProperties
{
    public string? ContentType { get; init; }

    public string? ContentEncoding { get; init; }

    public bool Persistent { get; init; }

    public int? Priority { get; init; }

    public string? CorrelationId { get; init; }

    public string? ReplyTo { get; init; }

    public long? ExpirationMs { get; init; }

    public string? MessageId { get; init; }

    /// <summary>When the attempt began, to the second.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    public string? Type { get; init; }

    public string? AppId { get; init; }
}

/// <summary>A header.</summary>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>timestamp</c> or <c>binary</c>.</param>
/// <param name="Value">As it was written before it was turned into its type.</param>
public sealed record RecordedAmqpHeader(string Name, string Type, string Value);

/// <summary>What the broker answered.</summary>
public sealed record RecordedAmqpResponse
{
    public const string Confirmed = "confirmed";
    public const string Returned = "returned";
    public const string Refused = "refused";
    public const string Closed = "closed";

    /// <summary><c>confirmed</c>, <c>returned</c> (to no queue), <c>refused</c> or <c>closed</c> (channel or connection); null when no answer came.</summary>
    public string? Outcome { get; init; }

    /// <summary>The broker's code: 312, 403, 404, …; null when it gave none.</summary>
    public int? ReplyCode { get; init; }

    /// <summary>The broker's own words.</summary>
    public string? ReplyText { get; init; }

    public RecordedAmqpTimings Timings { get; init; } = new();

    public static RecordedAmqpResponse? Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, AmqpRecordJson.Default.RecordedAmqpResponse);
}

/// <summary>Times in milliseconds.</summary>
public sealed record RecordedAmqpTimings
{
    /// <summary>From handing the message to the connection to the broker's confirm.</summary>
    public double TotalMs { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RecordedAmqpRequest))]
[JsonSerializable(typeof(RecordedAmqpResponse))]
internal sealed partial class AmqpRecordJson : JsonSerializerContext;
