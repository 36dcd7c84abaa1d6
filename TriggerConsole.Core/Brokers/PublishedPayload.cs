using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Brokers;

/// <summary>The payload of a message that is published without a trigger.</summary>
/// <param name="Format">What it is; null for bytes of which nothing was said.</param>
internal readonly record struct PublishedPayload(byte[] Bytes, MessageFormat? Format)
{
    /// <summary>Reads and checks it; null when there are faults.</summary>
    /// <param name="payload">A JSON value, sent as compact JSON; or a text, sent as it is.</param>
    /// <param name="base64">Bytes instead.</param>
    /// <param name="format">What it must be. Null: json for a JSON value that is no text, text for a text, anything for bytes.</param>
    public static PublishedPayload? Read(JsonElement? payload, string? base64, MessageFormat? format, FieldErrors errors)
    {
        if (payload is not null && base64 is not null)
        {
            errors.Add("payloadBase64", "Give either payload or payloadBase64, not both.");
            return null;
        }
        var (field, bytes, usual) = ("payload", Array.Empty<byte>(), (MessageFormat?)null);
        if (base64 is not null)
        {
            field = "payloadBase64";
            try { bytes = Convert.FromBase64String(base64); }
            catch (FormatException)
            {
                errors.Add(field, "This is no base64. Its characters are A-Z, a-z, 0-9, + and /, in groups of four.");
                return null;
            }
        }
        else if (payload is { ValueKind: JsonValueKind.String } text) (bytes, usual) = (Encoding.UTF8.GetBytes(text.GetString()!), MessageFormat.Text);
        else if (payload is { ValueKind: not JsonValueKind.Undefined } json) (bytes, usual) = (JsonSerializer.SerializeToUtf8Bytes(json, CoreJson.Options), MessageFormat.Json);
        if ((format ?? usual) is { } wanted && (bytes.Length > 0 || format is not null) && MessageFormats.WhyNot(wanted, bytes) is { } why)
        {
            errors.Add(field, $"The payload is {why}. Correct it, or choose another format.");
            return null;
        }
        return new(bytes, format ?? usual);
    }
}
