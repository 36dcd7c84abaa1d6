using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Brokers.Amqp;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Amqp;

/// <summary>The settings of an AMQP trigger as they are typed.</summary>
public sealed class AmqpForm() : MessageKindForm(s_usual.TimeoutSeconds)
{
    private static readonly AmqpTriggerSettings s_usual = new();

    [JsonIgnore]
    public override TriggerKind Kind => TriggerKind.Amqp;

    /// <summary>Straight to a queue of <see cref="MessageKindForm.BrokerId"/>; else to an exchange.</summary>
    public bool ToQueue { get; set; }

    public Guid? ExchangeId { get; set; }

    public string Queue { get; set; } = "";

    public string RoutingKey { get; set; } = "";

    public bool Mandatory { get; set; } = s_usual.Mandatory;

    public bool RetryUnroutable { get; set; }

    public bool Persistent { get; set; } = s_usual.Persistent;

    /// <summary>Null: none is said.</summary>
    public int? Priority { get; set; }

    /// <summary>A time; empty for none.</summary>
    public string Expiration { get; set; } = "";

    public string ContentType { get; set; } = "";

    public string ContentEncoding { get; set; } = "";

    public string MessageId { get; set; } = "";

    public string CorrelationId { get; set; } = "";

    public string ReplyTo { get; set; } = "";

    public string Type { get; set; } = "";

    public string AppId { get; set; } = "";

    public TypedList Headers { get; set; } = new();

    public override string? BadgeOf(string tab) => tab switch
    {
        "message" => Body.Badge,
        "properties" => PropertiesInWords(),
        _ => null,
    };

    public override string? TabOf(string field) => field.Split('.', '[')[0] switch
    {
        "exchangeId" or "brokerId" or "queue" or "routingKey" => null,
        "body" => "message",
        "timeoutSeconds" => "limits",
        _ => "properties",
    };

    public override void Begin(Func<string, string?> query)
    {
        ExchangeId = Guid.TryParse(query("exchange"), out var exchange) ? exchange : null;
        BrokerId = Guid.TryParse(query("broker"), out var broker) ? broker : null;
    }

    public override JsonElement ToSettings(FieldErrors errors) => JsonSerializer.SerializeToElement(ToRecord(errors), CoreJson.Options);

    public override JsonElement ToDescribe() => ToSettings(new FieldErrors());

    public override void Read(JsonElement settings)
    {
        var amqp = settings.Deserialize<AmqpTriggerSettings>(CoreJson.Options)!;
        ToQueue = amqp.Queue is not null;
        ExchangeId = amqp.ExchangeId;
        BrokerId = amqp.BrokerId;
        Queue = amqp.Queue ?? "";
        RoutingKey = amqp.RoutingKey;
        Mandatory = amqp.Mandatory;
        RetryUnroutable = amqp.RetryUnroutable;
        Body = MessageForm.Of(amqp.Body);
        Persistent = amqp.Persistent;
        Priority = amqp.Priority;
        Expiration = amqp.ExpirationMs is { } milliseconds ? DurationText.Of(milliseconds / 1000.0) : "";
        ContentType = amqp.ContentType ?? "";
        ContentEncoding = amqp.ContentEncoding ?? "";
        MessageId = amqp.MessageId ?? "";
        CorrelationId = amqp.CorrelationId ?? "";
        ReplyTo = amqp.ReplyTo ?? "";
        Type = amqp.Type ?? "";
        AppId = amqp.AppId ?? "";
        Headers = TypedList.Of(amqp.Headers);
        Timeout = DurationText.Of(amqp.TimeoutSeconds);
    }

    private AmqpTriggerSettings ToRecord(FieldErrors errors) => new()
    {
        // What was typed for the other way stays in the form and out of the settings
        ExchangeId = ToQueue ? null : ExchangeId,
        BrokerId = ToQueue ? BrokerId : null,
        Queue = ToQueue ? Queue.Trim() : null,
        RoutingKey = ToQueue ? "" : RoutingKey.Trim(),
        Mandatory = Mandatory,
        RetryUnroutable = Mandatory && RetryUnroutable,
        Body = Body.ToSettings(),
        Persistent = Persistent,
        Priority = Priority,
        ExpirationMs = ReadOptionalTime(Expiration, 1000, "expirationMs", errors),
        ContentType = OrNull(ContentType),
        ContentEncoding = OrNull(ContentEncoding),
        MessageId = OrNull(MessageId),
        CorrelationId = OrNull(CorrelationId),
        ReplyTo = OrNull(ReplyTo),
        Type = OrNull(Type),
        AppId = OrNull(AppId),
        Headers = Headers.ToHeaders(errors, "headers"),
        TimeoutSeconds = ReadTimeout(errors),
    };

    private string? PropertiesInWords()
    {
        List<string> parts = [];
        if (!Mandatory) parts.Add("routed or not");
        if (!Persistent) parts.Add("not persistent");
        if (Priority is { } priority) parts.Add($"priority {priority}");
        if (Headers.Count is > 0 and var count) parts.Add(Format.Count(count, "header"));
        return parts.Count == 0 ? null : string.Join(", ", parts);
    }
}
