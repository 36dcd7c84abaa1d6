using System.Text.Json;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>A message to publish by hand, as it is typed.</summary>
public sealed class MqttPublishForm : PublishFormBase
{
    /// <summary>Fields in the order of the form, as the API names them.</summary>
    private static readonly string[] s_fields =
        ["brokerId", "topic", "payload", "qos", "properties.contentType", "properties.messageExpirySeconds", "properties.responseTopic", "properties.correlationData", "properties.userProperties"];

    public string Topic { get; set; } = "";

    public MessageFormat Format { get; set; }

    public string Payload { get; set; } = "{\n  \"hello\": \"world\"\n}";

    public int Qos { get; set; } = 1;

    public bool Retain { get; set; }

    public string ContentType { get; set; } = "";

    /// <summary>A time; empty for none.</summary>
    public string Expiry { get; set; } = "";

    public string ResponseTopic { get; set; } = "";

    public string CorrelationData { get; set; } = "";

    public List<PropertyRow> UserProperties { get; private set; } = [];

    public override string FirstField => IdOf("topic");

    protected override IReadOnlyList<string> Fields => s_fields;

    /// <summary>Which properties are set; null for none.</summary>
    public override string? PropertiesInWords
    {
        get
        {
            List<string> parts = [];
            if (ContentType.Length > 0) parts.Add("content type");
            if (Expiry.Length > 0) parts.Add("expiry");
            if (ResponseTopic.Length > 0) parts.Add("response topic");
            if (CorrelationData.Length > 0) parts.Add("correlation data");
            if (UserProperties.Count(p => !p.IsEmpty) is > 0 and var count) parts.Add(count == 1 ? "1 user property" : $"{count} user properties");
            return parts.Count == 0 ? null : string.Join(", ", parts);
        }
    }

    /// <summary>The same message again.</summary>
    public static MqttPublishForm Of(RecordedMqttRequest sent)
    {
        var (properties, form) = (sent.Properties, new MqttPublishForm { Topic = sent.Topic, Payload = sent.Body ?? "", Qos = sent.Qos, Retain = sent.Retain });
        form.Format = FormatOf(properties.ContentType, form.Payload);
        // What goes with the format by itself need not be said
        form.ContentType = properties.ContentType is { } type && type != MessageBody.ContentTypeOf(form.Format) ? type : "";
        form.Expiry = properties.MessageExpirySeconds is { } seconds ? DurationText.Of(seconds) : "";
        form.ResponseTopic = properties.ResponseTopic ?? "";
        form.CorrelationData = properties.CorrelationData ?? "";
        // The key is of that message alone: each gets its own
        form.UserProperties = [.. properties.UserProperties.Where(p => p.Name != RenderedMqttMessage.IdempotencyKey).Select(p => new PropertyRow { Name = p.Name, Value = p.Value })];
        return form;
    }

    /// <summary>Null when something cannot even be read; then <see cref="PublishFormBase.Errors"/> says what.</summary>
    public MqttPublishInput? ToInput(Guid brokerId)
    {
        var errors = new FieldErrors();
        var expiry = Expiry.Trim().Length == 0 ? null : DurationText.TryParse(Expiry, out var wrong) ?? Fault(wrong!);
        Refuse(errors.All);
        if (errors.Any) return null;
        return new()
        {
            BrokerId = brokerId,
            Topic = Topic.Trim(),
            Payload = JsonSerializer.SerializeToElement(Payload),
            Format = Format,
            Qos = Qos,
            Retain = Retain,
            Properties = new()
            {
                ContentType = OrNull(ContentType),
                MessageExpirySeconds = expiry is { } seconds ? (long)Math.Min(Math.Round(seconds), long.MaxValue / 2) : null,
                ResponseTopic = OrNull(ResponseTopic),
                CorrelationData = CorrelationData.Length == 0 ? null : CorrelationData,
                UserProperties = [.. UserProperties.Where(p => !p.IsEmpty).Select(p => new MqttField { Name = p.Name.Trim(), Value = p.Value })],
            },
        };

        double? Fault(string message)
        {
            errors.Add("properties.messageExpirySeconds", message);
            return null;
        }
    }

    protected override bool IsProperty(string field) => field.StartsWith("properties", StringComparison.Ordinal);

    private static MessageFormat FormatOf(string? contentType, string payload)
    {
        if (contentType is null) return payload.AsSpan().TrimStart() is ['{' or '[', ..] ? MessageFormat.Json : MessageFormat.Text;
        if (contentType.Contains("json", StringComparison.OrdinalIgnoreCase)) return MessageFormat.Json;
        return contentType.Contains("xml", StringComparison.OrdinalIgnoreCase) ? MessageFormat.Xml : MessageFormat.Text;
    }
}

/// <summary>A user property as it is typed.</summary>
public sealed class PropertyRow
{
    public string Name { get; set; } = "";

    public string Value { get; set; } = "";

    public bool IsEmpty => Name.Length == 0 && Value.Length == 0;
}
