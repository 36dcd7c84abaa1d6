using System.Text.Json;
using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Mqtt;

/// <summary>One message to publish as it is: nothing in it is read as a placeholder.</summary>
public sealed record MqttPublishInput
{
    public Guid? BrokerId { get; init; }

    public string? Topic { get; init; }

    /// <summary>A JSON value, sent as compact JSON; or a text, which is sent as it is and must be of the given format.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Bytes instead, as base64.</summary>
    public string? PayloadBase64 { get; init; }

    /// <summary><c>json</c>, <c>xml</c> or <c>text</c>: what the payload must be. Default: json for a JSON value that is no text, text for a text, nothing for bytes.</summary>
    public MessageFormat? Format { get; init; }

    /// <summary>0, 1 (default) or 2.</summary>
    public int? Qos { get; init; }

    public bool? Retain { get; init; }

    public MqttProperties? Properties { get; init; }
}
