using System.Text;
using System.Text.Unicode;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Records;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Mqtt;

/// <summary>Writes <see cref="RecordedMqttRequest"/> and <see cref="RecordedMqttResponse"/> as JSON, secrets masked, in bounded size.</summary>
internal sealed class MqttRecordWriter : RecordWriter<MqttRecordWriter>
{
    private const int MaxTextLength = 2048;
    private const int MaxPropertyCharacters = 16 * 1024;

    // The sentences of all codes, each made once
    private static readonly string[] s_reasons = [.. Enumerable.Range(0, 256).Select(code => ((MqttReasonCode)code).Describe())];

    /// <param name="broker">Null when there is none any more.</param>
    /// <param name="version">Of the connection; null when there is none.</param>
    public static byte[] Write(RenderedMqttMessage rendered, RuntimeMqttBroker? broker, MqttVersion? version)
    {
        var writer = Take();
        writer.WriteRequest(rendered, broker, version, rendered.Masker);
        return writer.Finish();
    }

    /// <param name="result">Null when the attempt's limit passed first.</param>
    /// <param name="said">The broker's own words, masked and short.</param>
    public static byte[] Write(in MqttPublishResult? result, MqttQos qos, string? said, double totalMilliseconds)
    {
        var writer = Take();
        writer.WriteResponse(result, qos, said, totalMilliseconds);
        return writer.Finish();
    }

    public static string VersionText(MqttVersion version) => version == MqttVersion.V5 ? "5.0" : "3.1.1";

    private void WriteRequest(RenderedMqttMessage rendered, RuntimeMqttBroker? broker, MqttVersion? version, SecretMasker masker)
    {
        var message = rendered.Message;
        Json.WriteStartObject();
        Json.WriteString("brokerId"u8, rendered.Prepared.BrokerId);
        if (broker is not null)
        {
            Json.WriteString("broker"u8, broker.Name);
            Json.WriteString("url"u8, broker.Address.Destination);
        }
        Json.WriteString("protocolVersion"u8, version is { } known ? VersionText(known) : "auto");
        Json.WriteString("topic"u8, Cut(masker.MaskText(message.Topic), MaxTextLength));
        Json.WriteNumber("qos"u8, (int)message.Qos);
        Json.WriteBoolean("retain"u8, message.Retain);
        if (version == MqttVersion.V311) Json.WriteString("note"u8, NoteOn(message));
        Json.WriteStartObject("properties"u8);
        if (version != MqttVersion.V311) WriteProperties(message, masker);
        WriteUserProperties(version == MqttVersion.V311 ? [] : message.UserProperties, masker);
        Json.WriteEndObject();
        var payload = message.Payload.Span;
        WriteBody(KeptOf(payload, masker), payload.Length, message.ContentType, contentEncoding: null, endsEarly: false, masker);
        Json.WriteEndObject();
    }

    private void WriteProperties(MqttMessage message, SecretMasker masker)
    {
        WriteText("contentType"u8, message.ContentType, masker);
        if (message.MessageExpirySeconds is { } expiry) Json.WriteNumber("messageExpirySeconds"u8, expiry);
        WriteText("responseTopic"u8, message.ResponseTopic, masker);
        if (message.CorrelationData is { } correlation) WriteText("correlationData"u8, Utf8.IsValid(correlation) ? Encoding.UTF8.GetString(correlation) : Convert.ToBase64String(correlation), masker);
        if (message.PayloadIsText) Json.WriteNumber("payloadFormatIndicator"u8, 1);
    }

    private void WriteUserProperties(IReadOnlyList<MqttUserProperty> properties, SecretMasker masker)
    {
        var characters = 0;
        var truncated = false;
        Json.WriteStartArray("userProperties"u8);
        for (var i = 0; i < properties.Count; i++)
        {
            var (name, value) = properties[i];
            if (characters >= MaxPropertyCharacters) { truncated = true; break; }
            truncated |= value.Length > MaxTextLength;
            Json.WriteStartObject();
            Json.WriteString("name"u8, name);
            Json.WriteString("value"u8, Cut(masker.MaskText(value), MaxTextLength));
            Json.WriteEndObject();
            characters += name.Length + value.Length;
        }
        Json.WriteEndArray();
        if (truncated) Json.WriteBoolean("userPropertiesTruncated"u8, true);
    }

    private static string NoteOn(MqttMessage message)
    {
        List<string> left = [];
        if (message.ContentType is not null) left.Add("content type");
        if (message.MessageExpirySeconds is not null) left.Add("message expiry");
        if (message.ResponseTopic is not null) left.Add("response topic");
        if (message.CorrelationData is not null) left.Add("correlation data");
        if (message.PayloadIsText) left.Add("payload format indicator");
        left.AddRange(message.UserProperties.Take(20).Select(p => $"user property {p.Name}"));
        return $"The connection speaks MQTT 3.1.1, which has no message properties. Left out: {string.Join(", ", left)}.";
    }

    private void WriteResponse(in MqttPublishResult? result, MqttQos qos, string? said, double totalMilliseconds)
    {
        Json.WriteStartObject();
        if (result is { Status: MqttPublishStatus.Acknowledged or MqttPublishStatus.Refused } answer && qos != MqttQos.AtMostOnce)
        {
            Json.WriteNumber("reasonCode"u8, (int)answer.Reason);
            Json.WriteString("reason"u8, s_reasons[(byte)answer.Reason]);
            if (said is not null) Json.WriteString("reasonText"u8, said);
            // At QoS 2 a refusal ends the exchange half-way
            Json.WriteString("packet"u8, qos == MqttQos.AtLeastOnce ? "PUBACK"u8 : answer.Status == MqttPublishStatus.Refused ? "PUBREC"u8 : "PUBCOMP"u8);
        }
        Json.WriteStartObject("timings"u8);
        Json.WriteNumber("totalMs"u8, Math.Round(totalMilliseconds, 3));
        Json.WriteEndObject();
        Json.WriteEndObject();
    }

    private void WriteText(ReadOnlySpan<byte> name, string? value, SecretMasker masker)
    {
        if (value is not null) Json.WriteString(name, Cut(masker.MaskText(value), MaxTextLength));
    }
}
