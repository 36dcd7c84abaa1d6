using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Mqtt;

/// <summary>The settings of an MQTT trigger as they are typed. They hold no secrets: those are the broker's.</summary>
public sealed class MqttForm : KindForm
{
    private static readonly EditorTab[] s_tabs = [new("message", "Message"), new("properties", "Properties")];

    [JsonIgnore]
    public override TriggerKind Kind => TriggerKind.Mqtt;

    [JsonIgnore]
    public override IReadOnlyList<EditorTab> Tabs => s_tabs;

    public Guid? BrokerId { get; set; }

    public string Topic { get; set; } = "";

    public int Qos { get; set; } = new MqttTriggerSettings().Qos;

    public bool Retain { get; set; }

    public MessageForm Body { get; set; } = new();

    public string ContentType { get; set; } = "";

    /// <summary>A time; empty for none.</summary>
    public string Expiry { get; set; } = "";

    public string ResponseTopic { get; set; } = "";

    public string CorrelationData { get; set; } = "";

    /// <summary>1: said to be text; 0: nothing is said; null: as it is.</summary>
    public int? PayloadFormatIndicator { get; set; }

    public PairList UserProperties { get; set; } = new();

    public string Timeout { get; set; } = DurationText.Of(new MqttTriggerSettings().TimeoutSeconds);

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

    public override KindForm WithoutSecrets(bool forgetStored) => (MqttForm)MemberwiseClone();

    private MqttTriggerSettings ToRecord(FieldErrors errors)
    {
        var settings = new MqttTriggerSettings
        {
            BrokerId = BrokerId ?? Guid.Empty,
            Topic = Topic.Trim(),
            Qos = Qos,
            Retain = Retain,
            Body = Body.ToSettings(),
            Properties = new()
            {
                ContentType = OrNull(ContentType),
                ResponseTopic = OrNull(ResponseTopic),
                CorrelationData = OrNull(CorrelationData),
                PayloadFormatIndicator = PayloadFormatIndicator,
                UserProperties = [.. UserProperties.ToFields().Select(f => new MqttField { Name = f.Name, Value = f.Value })],
            },
        };
        if (Expiry.Trim().Length > 0)
        {
            if (DurationText.TryParse(Expiry, out var wrong) is { } seconds) settings = settings with { Properties = settings.Properties with { MessageExpirySeconds = (long)Math.Min(Math.Round(seconds), long.MaxValue / 2) } };
            else errors.Add("properties.messageExpirySeconds", wrong!);
        }
        if (DurationText.TryParse(Timeout, out var error) is { } timeout) settings = settings with { TimeoutSeconds = timeout };
        else errors.Add("timeoutSeconds", error!);
        return settings;
    }

    private static string? OrNull(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
