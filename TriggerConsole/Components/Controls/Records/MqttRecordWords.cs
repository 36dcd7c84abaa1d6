using System.Globalization;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Mqtt;

namespace TriggerConsole.Components.Controls.Records;

/// <summary>What records of MQTT messages say in words.</summary>
internal static class MqttRecordWords
{
    private const int FirstFailure = 0x80;

    public static string Quality(int qos) => qos switch
    {
        0 => "at most once (QoS 0)",
        1 => "at least once (QoS 1)",
        _ => "exactly once (QoS 2)",
    };

    /// <summary>Colour of a reason code: refusals, and what was taken for nobody, are apart.</summary>
    public static string Css(int? reason) => reason switch { 0 => "good", >= FirstFailure => "bad", _ => "warn" };

    /// <summary>The properties that are set, but for the user's own.</summary>
    public static IReadOnlyList<RecordedHeader> Properties(RecordedMqttProperties properties)
    {
        var list = new List<RecordedHeader>();
        Add("Content type", properties.ContentType);
        Add("Expires after", properties.MessageExpirySeconds is { } seconds ? DurationText.Of(seconds) : null);
        Add("Response topic", properties.ResponseTopic);
        Add("Correlation data", properties.CorrelationData);
        Add("Payload is", properties.PayloadFormatIndicator == 1 ? "text (UTF-8)" : null);
        return list;

        void Add(string name, string? value)
        {
            if (value is not null) list.Add(new(name, value));
        }
    }

    /// <summary>A message as lines, to be compared with another one.</summary>
    public static IEnumerable<string> Lines(RecordedMqttRequest message)
    {
        yield return $"PUBLISH {message.Topic}";
        yield return $"Broker: {message.Broker ?? "gone"} {message.Url}".TrimEnd();
        yield return $"Delivery: {Quality(message.Qos)}{(message.Retain ? ", retained" : "")}";
        if (message.Note is { } note) yield return note;
        foreach (var property in Properties(message.Properties)) yield return $"{property.Name}: {property.Value}";
        foreach (var property in message.Properties.UserProperties) yield return $"User property {property.Name}: {property.Value}";
    }

    /// <inheritdoc cref="Lines(RecordedMqttRequest)"/>
    public static IEnumerable<string> Lines(RecordedMqttResponse answer)
    {
        yield return answer.Reason ?? "No confirmation came.";
        if (answer.ReasonText is { Length: > 0 } said) yield return $"The broker says: {said}";
        if (answer.Packet is { } packet) yield return string.Create(CultureInfo.InvariantCulture, $"With {packet}");
    }
}
