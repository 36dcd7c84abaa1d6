using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;

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

    /// <summary>The payload and its format; null when there are faults.</summary>
    internal (byte[] Bytes, MessageFormat? Format)? ReadPayload(FieldErrors errors)
    {
        if (Payload is not null && PayloadBase64 is not null)
        {
            errors.Add("payloadBase64", "Give either payload or payloadBase64, not both.");
            return null;
        }
        var (field, bytes, usual) = ("payload", Array.Empty<byte>(), (MessageFormat?)null);
        if (PayloadBase64 is { } base64)
        {
            field = "payloadBase64";
            try { bytes = Convert.FromBase64String(base64); }
            catch (FormatException)
            {
                errors.Add(field, "This is no base64. Its characters are A-Z, a-z, 0-9, + and /, in groups of four.");
                return null;
            }
        }
        else if (Payload is { ValueKind: JsonValueKind.String } text) (bytes, usual) = (Encoding.UTF8.GetBytes(text.GetString()!), MessageFormat.Text);
        else if (Payload is { ValueKind: not JsonValueKind.Undefined } json) (bytes, usual) = (JsonSerializer.SerializeToUtf8Bytes(json, CoreJson.Options), MessageFormat.Json);
        var format = Format ?? usual;
        if (format is { } wanted && (bytes.Length > 0 || Format is not null) && MessageFormats.WhyNot(wanted, bytes) is { } why)
        {
            errors.Add(field, $"The payload is {why}. Correct it, or choose another format.");
            return null;
        }
        return (bytes, format);
    }
}
