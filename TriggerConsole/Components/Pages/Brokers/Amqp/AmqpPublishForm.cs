using System.Globalization;
using System.Text;
using System.Text.Json;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>A message to publish by hand, as it is typed.</summary>
public sealed class AmqpPublishForm : PublishFormBase
{
    /// <summary>Fields in the order of the form, as the API names them.</summary>
    private static readonly string[] s_fields =
    [
        "exchangeId", "exchange", "queue", "brokerId", "routingKey", "persistent", "headers",
        "contentType", "contentEncoding", "priority", "expirationMs", "messageId", "correlationId", "replyTo", "type", "appId", "payload", "payloadBase64",
    ];

    /// <summary>Set by itself: of that message alone.</summary>
    private const string IdempotencyKey = "idempotency-key";

    private static readonly string[] s_properties = ["contentType", "contentEncoding", "priority", "expirationMs", "messageId", "correlationId", "replyTo", "type", "appId"];

    /// <summary>One that is known here; null for <see cref="Exchange"/>.</summary>
    public Guid? ExchangeId { get; set; }

    /// <summary>The name of another exchange of the broker; empty: the default one, straight to the queue that the routing key names.</summary>
    public string Exchange { get; set; } = "";

    /// <summary>The exchange is given by its name.</summary>
    public bool IsNamed { get; set; }

    public string RoutingKey { get; set; } = "";

    public bool Persistent { get; set; } = true;

    public TypedList Headers { get; private set; } = new();

    public string ContentType { get; set; } = "";

    public string ContentEncoding { get; set; } = "";

    public string Priority { get; set; } = "";

    /// <summary>A time; empty for none.</summary>
    public string Expiration { get; set; } = "";

    public string MessageId { get; set; } = "";

    public string CorrelationId { get; set; } = "";

    public string ReplyTo { get; set; } = "";

    public string Type { get; set; } = "";

    public string AppId { get; set; } = "";

    public string Payload { get; set; } = "{\n  \"hello\": \"world\"\n}";

    /// <summary>The payload is bytes, written as base64; else it is text.</summary>
    public bool IsBase64 { get; set; }

    /// <summary>The content type that goes with the payload by itself; null for bytes.</summary>
    public string? UsualContentType => Format is { } format ? MessageBody.ContentTypeOf(format) : null;

    /// <summary>Straight to a queue.</summary>
    public bool ToQueue => ExchangeId is null && !IsNamed;

    public override string FirstField => IdOf("routingKey");

    /// <summary>Which properties are set; null for none.</summary>
    public override string? PropertiesInWords
    {
        get
        {
            List<string> parts = [];
            if (ContentType.Length > 0) parts.Add("content type");
            if (ContentEncoding.Length > 0) parts.Add("content encoding");
            if (Priority.Length > 0) parts.Add($"priority {Priority}");
            if (Expiration.Length > 0) parts.Add("expiration");
            if (MessageId.Length > 0) parts.Add("message id");
            if (CorrelationId.Length > 0) parts.Add("correlation id");
            if (ReplyTo.Length > 0) parts.Add("reply to");
            if (Type.Length > 0) parts.Add("type");
            if (AppId.Length > 0) parts.Add("app id");
            return parts.Count == 0 ? null : string.Join(", ", parts);
        }
    }

    protected override IReadOnlyList<string> Fields => s_fields;

    // Anything can be sent, so JSON is told by its being valid
    private MessageFormat? Format => IsBase64 ? null
        : Payload.AsSpan().TrimStart() is ['{' or '[', ..] && MessageFormats.WhyNot(MessageFormat.Json, Encoding.UTF8.GetBytes(Payload)) is null ? MessageFormat.Json : MessageFormat.Text;

    /// <summary>The same message again.</summary>
    /// <param name="sent">As it was recorded.</param>
    /// <param name="executionId">Its execution, whose id it had as its own unless another was given.</param>
    public static AmqpPublishForm Of(RecordedAmqpRequest sent, Guid executionId)
    {
        var properties = sent.Properties;
        var form = new AmqpPublishForm
        {
            ExchangeId = sent.ExchangeId,
            IsNamed = sent is { ExchangeId: null, Queue: null },
            Exchange = sent is { ExchangeId: null, Queue: null } ? sent.Exchange : "",
            RoutingKey = sent.Queue ?? sent.RoutingKey,
            Persistent = properties.Persistent,
            // The key is of that message alone: each gets its own
            Headers = TypedList.Of(sent.Headers.Where(h => h.Name != IdempotencyKey).Select(h => new AmqpHeader(h.Name, h.Value, Enum.TryParse<AmqpHeaderType>(h.Type, ignoreCase: true, out var type) ? type : default))),
            ContentEncoding = properties.ContentEncoding ?? "",
            Priority = properties.Priority?.ToString(CultureInfo.InvariantCulture) ?? "",
            Expiration = properties.ExpirationMs is { } milliseconds ? DurationText.Of(milliseconds / 1000.0) : "",
            MessageId = properties.MessageId == executionId.ToString() ? "" : properties.MessageId ?? "",
            CorrelationId = properties.CorrelationId ?? "",
            ReplyTo = properties.ReplyTo ?? "",
            Type = properties.Type ?? "",
            AppId = properties.AppId ?? "",
            Payload = sent.Body ?? "",
            IsBase64 = sent.BodyEncoding == "base64",
        };
        // What goes with the payload by itself need not be said
        form.ContentType = properties.ContentType is { } given && given != form.UsualContentType ? given : "";
        return form;
    }

    /// <summary>Null when something cannot even be read; then <see cref="PublishFormBase.Errors"/> says what.</summary>
    public AmqpPublishInput? ToInput(Guid brokerId)
    {
        var errors = new FieldErrors();
        long? expiration = null;
        if (Expiration.Trim().Length > 0)
        {
            if (DurationText.TryParse(Expiration, out var wrong) is { } seconds) expiration = (long)Math.Min(Math.Round(seconds * 1000), long.MaxValue / 2);
            else errors.Add("expirationMs", wrong!);
        }
        var priority = NumberText.Whole(Priority);
        if (priority is null && Priority.Trim().Length > 0) errors.Add("priority", "Write a whole number from 0 to 255, for example 5, or leave it empty.");
        var headers = Headers.ToHeaders(errors, "headers");
        if (IsNamed && Exchange.Trim().Length == 0) errors.Add("exchange", "Give the name of the exchange, as the broker knows it.");
        Refuse(errors.All);
        if (errors.Any) return null;
        return new()
        {
            ExchangeId = ExchangeId,
            BrokerId = ExchangeId is null ? brokerId : null,
            Exchange = IsNamed ? Exchange.Trim() : null,
            Queue = ToQueue ? RoutingKey.Trim() : null,
            RoutingKey = ToQueue ? null : RoutingKey,
            Payload = IsBase64 ? null : JsonSerializer.SerializeToElement(Payload),
            PayloadBase64 = IsBase64 ? Payload.Trim() : null,
            Format = Format,
            Persistent = Persistent,
            Headers = headers,
            ContentType = OrNull(ContentType),
            ContentEncoding = OrNull(ContentEncoding),
            Priority = priority,
            ExpirationMs = expiration,
            MessageId = OrNull(MessageId),
            CorrelationId = OrNull(CorrelationId),
            ReplyTo = OrNull(ReplyTo),
            Type = OrNull(Type),
            AppId = OrNull(AppId),
        };
    }

    /// <summary>The bytes of the payload change their spelling with the encoding, not their meaning.</summary>
    public void SetEncoding(bool base64)
    {
        if (base64 == IsBase64) return;
        if (base64) Payload = Convert.ToBase64String(Encoding.UTF8.GetBytes(Payload));
        else if (TryText(Payload) is { } text) Payload = text;
        IsBase64 = base64;
    }

    protected override bool IsProperty(string field) => s_properties.Contains(field);

    // What goes to a queue has its name as the routing key, and both payloads are one field
    protected override string FieldOf(string field) => field switch
    {
        "queue" => "routingKey",
        "payloadBase64" => "payload",
        _ => base.FieldOf(field),
    };

    private static string? TryText(string base64)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(base64.Trim()));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return null;
        }
    }
}
