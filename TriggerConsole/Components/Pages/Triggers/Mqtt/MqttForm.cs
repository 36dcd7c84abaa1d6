using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Mqtt;

/// <summary>The settings of an MQTT trigger as they are typed.</summary>
public sealed class MqttForm() : MessageKindForm(new MqttTriggerSettings().TimeoutSeconds)
{
    [JsonIgnore]
    public override TriggerKind Kind => TriggerKind.Mqtt;

    public string Topic { get; set; } = "";

    public int Qos { get; set; } = new MqttTriggerSettings().Qos;

    public bool Retain { get; set; }

    public string ContentType { get; set; } = "";

    /// <summary>A time; empty for none.</summary>
    public string Expiry { get; set; } = "";

    public string ResponseTopic { get; set; } = "";

    public string CorrelationData { get; set; } = "";

    /// <summary>1: said to be text; 0: nothing is said; null: as it is.</summary>
    public int? PayloadFormatIndicator { get; set; }

    public PairList UserProperties { get; set; } = new();

    public override string? BadgeOf(string tab) => tab switch
    {
        "message" => Body.Badge,
        "properties" => $"QoS {Qos}{(Retain ? ", retained" : "")}",
        _ => null,
    };

    public override string? TabOf(string field) => field.Split('.', '[')[0] switch
    {
        "body" => "message",
        "qos" or "retain" or "properties" => "properties",
        "timeoutSeconds" => "limits",
        _ => null,
    };

    public override void Begin(Func<string, string?> query) => BrokerId = Guid.TryParse(query("broker"), out var broker) ? broker : null;

    public override JsonElement ToSettings(FieldErrors errors) => JsonSerializer.SerializeToElement(ToRecord(errors), CoreJson.Options);

    public override JsonElement ToDescribe()
    {
        var settings = ToRecord(new FieldErrors());
        return JsonSerializer.SerializeToElement(settings.Topic.Length == 0 ? settings with { Topic = "…" } : settings, CoreJson.Options);
    }

    public override void Read(JsonElement settings)
    {
        var mqtt = settings.Deserialize<MqttTriggerSettings>(CoreJson.Options)!;
        var properties = mqtt.Properties;
        BrokerId = mqtt.BrokerId == Guid.Empty ? null : mqtt.BrokerId;
        Topic = mqtt.Topic;
        Qos = mqtt.Qos;
        Retain = mqtt.Retain;
        Body = MessageForm.Of(mqtt.Body);
        ContentType = properties.ContentType ?? "";
        Expiry = properties.MessageExpirySeconds is { } seconds ? DurationText.Of(seconds) : "";
        ResponseTopic = properties.ResponseTopic ?? "";
        CorrelationData = properties.CorrelationData ?? "";
        PayloadFormatIndicator = properties.PayloadFormatIndicator;
        UserProperties = PairList.Of(properties.UserProperties.Select(p => (p.Name, p.Value)));
        Timeout = DurationText.Of(mqtt.TimeoutSeconds);
    }

    private MqttTriggerSettings ToRecord(FieldErrors errors) => new()
    {
        BrokerId = BrokerId ?? Guid.Empty,
        Topic = Topic.Trim(),
        Qos = Qos,
        Retain = Retain,
        Body = Body.ToSettings(),
        Properties = new()
        {
            ContentType = OrNull(ContentType),
            MessageExpirySeconds = ReadOptionalTime(Expiry, 1, "properties.messageExpirySeconds", errors),
            ResponseTopic = OrNull(ResponseTopic),
            CorrelationData = OrNull(CorrelationData),
            PayloadFormatIndicator = PayloadFormatIndicator,
            UserProperties = [.. UserProperties.ToFields().Select(f => new MqttField { Name = f.Name, Value = f.Value })],
        },
        TimeoutSeconds = ReadTimeout(errors),
    };
}
