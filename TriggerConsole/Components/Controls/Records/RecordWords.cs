using System.Text.Json;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Mqtt;

namespace TriggerConsole.Components.Controls.Records;

/// <summary>What records of attempts say in words, and how they are read.</summary>
internal static class RecordWords
{
    // Not the generated reader of Core: it leaves null where a member is missing, whatever the record's own defaults
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);

    /// <summary>Null when the record is of another protocol, or of a version that wrote it otherwise: then its JSON is shown.</summary>
    public static RecordedHttpRequest? ReadRequest(JsonElement? json) => Read<RecordedHttpRequest>(json, "method");

    /// <inheritdoc cref="ReadRequest"/>
    public static RecordedHttpResponse? ReadResponse(JsonElement? json) => Read<RecordedHttpResponse>(json, "timings");

    /// <inheritdoc cref="ReadRequest"/>
    public static RecordedMqttRequest? ReadMqttRequest(JsonElement? json) => Read<RecordedMqttRequest>(json, "topic");

    /// <inheritdoc cref="ReadRequest"/>
    public static RecordedMqttResponse? ReadMqttResponse(JsonElement? json) => Read<RecordedMqttResponse>(json, "timings");

    /// <inheritdoc cref="ReadRequest"/>
    public static RecordedAmqpRequest? ReadAmqpRequest(JsonElement? json) => Read<RecordedAmqpRequest>(json, "routingKey");

    /// <inheritdoc cref="ReadRequest"/>
    public static RecordedAmqpResponse? ReadAmqpResponse(JsonElement? json) => Read<RecordedAmqpResponse>(json, "timings");

    /// <summary>Where a call ended that has no complete answer.</summary>
    public static string Broken(string? phase, bool hasStatus)
    {
        var where = phase switch
        {
            "dns" => "looking up the host name",
            "connect" => "connecting",
            "tls" => "agreeing on TLS",
            "token" => "fetching the OAuth token",
            "send" => "sending the body",
            "read" => "reading the answer",
            "wait" => "waiting for the answer",
            _ => null,
        };
        if (hasStatus) return "The answer broke off before its end.";
        return where is null ? "No answer came." : $"No answer came: it ended while {where}.";
    }

    public static string? ContentType(IReadOnlyList<RecordedHeader> headers)
        => headers.FirstOrDefault(h => h.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))?.Value;

    /// <summary>Colour of a status: by its class, as answers mean it.</summary>
    public static string StatusCss(int status) => status switch { < 300 => "good", < 400 => "other", _ => "bad" };

    private static T? Read<T>(JsonElement? json, string mark)
        where T : class
    {
        if (json is not { ValueKind: JsonValueKind.Object } record || !record.TryGetProperty(mark, out _)) return null;
        try
        {
            return record.Deserialize<T>(s_options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
