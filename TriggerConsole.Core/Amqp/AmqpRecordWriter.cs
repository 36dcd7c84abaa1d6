using System.Text.Json;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Records;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Amqp;

/// <summary>Writes <see cref="RecordedAmqpRequest"/> and <see cref="RecordedAmqpResponse"/> as JSON, secrets masked, in bounded size.</summary>
internal sealed class AmqpRecordWriter : RecordWriter<AmqpRecordWriter>
{
    private const int MaxTextLength = 2048;
    private const int MaxHeaderCharacters = 16 * 1024;

    // The words of all types, each made once
    private static readonly JsonEncodedText[] s_types = [.. Enum.GetValues<AmqpHeaderType>().Select(t => JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(t.ToString())))];

    /// <param name="broker">Null when there is none any more.</param>
    public static byte[] Write(RenderedAmqpMessage rendered, RuntimeAmqpBroker? broker)
    {
        var writer = Take();
        writer.WriteRequest(rendered, broker, rendered.Masker);
        return writer.Finish();
    }

    /// <param name="result">Null when the attempt's limit passed first.</param>
    /// <param name="said">The broker's own words, masked and short.</param>
    public static byte[] Write(in AmqpPublishResult? result, string? said, double totalMilliseconds)
    {
        var writer = Take();
        writer.WriteResponse(result, said, totalMilliseconds);
        return writer.Finish();
    }

    /// <summary>Where the broker is: <c>amqp://broker.example:5672/sales</c>.</summary>
    public static string UrlOf(RuntimeAmqpBroker broker) => broker.Address.Destination + broker.Address.Path;

    private void WriteRequest(RenderedAmqpMessage rendered, RuntimeAmqpBroker? broker, SecretMasker masker)
    {
        var (message, destination) = (rendered.Message, rendered.Prepared.Destination);
        Json.WriteStartObject();
        Json.WriteString("brokerId"u8, destination.BrokerId);
        if (broker is not null)
        {
            Json.WriteString("broker"u8, broker.Name);
            Json.WriteString("url"u8, UrlOf(broker));
        }
        if (destination.ExchangeId is { } exchange) Json.WriteString("exchangeId"u8, exchange);
        Json.WriteString("exchange"u8, message.Exchange.Length == 0 ? RecordedAmqpRequest.DefaultExchange : message.Exchange);
        if (destination.Queue is { } queue) Json.WriteString("queue"u8, queue);
        Json.WriteString("routingKey"u8, masker.MaskText(message.RoutingKey));
        Json.WriteBoolean("mandatory"u8, message.Mandatory);
        WriteProperties(message.Properties, rendered.Prepared.Settings, masker);
        WriteHeaders(rendered, masker);
        var body = message.Body.Span;
        WriteBody(KeptOf(body, masker), body.Length, message.Properties.ContentType, message.Properties.ContentEncoding, endsEarly: false, masker);
        Json.WriteEndObject();
    }

    private void WriteProperties(BasicProperties properties, AmqpTriggerSettings settings, SecretMasker masker)
    {
        Json.WriteStartObject("properties"u8);
        WriteText("contentType"u8, properties.ContentType, masker);
        WriteText("contentEncoding"u8, properties.ContentEncoding, masker);
        Json.WriteBoolean("persistent"u8, settings.Persistent);
        if (settings.Priority is { } priority) Json.WriteNumber("priority"u8, priority);
        WriteText("correlationId"u8, properties.CorrelationId, masker);
        WriteText("replyTo"u8, properties.ReplyTo, masker);
        if (settings.ExpirationMs is { } expiration) Json.WriteNumber("expirationMs"u8, expiration);
        WriteText("messageId"u8, properties.MessageId, masker);
        Json.WriteString("timestamp"u8, DateTimeOffset.FromUnixTimeSeconds(properties.Timestamp.UnixTime).UtcDateTime);
        WriteText("type"u8, properties.Type, masker);
        WriteText("appId"u8, properties.AppId, masker);
        Json.WriteEndObject();
    }

    private void WriteHeaders(RenderedAmqpMessage rendered, SecretMasker masker)
    {
        var plans = rendered.Prepared.Headers;
        var characters = 0;
        var truncated = false;
        Json.WriteStartArray("headers"u8);
        for (var i = 0; i < plans.Length; i++)
        {
            var text = rendered.HeaderTexts[i];
            if (characters >= MaxHeaderCharacters) { truncated = true; break; }
            truncated |= text.Length > MaxTextLength;
            WriteHeader(plans[i].Name, plans[i].Type, Cut(masker.MaskText(text), MaxTextLength));
            characters += plans[i].Name.Length + Math.Min(text.Length, MaxTextLength);
        }
        WriteHeader(AmqpMessage.KeyHeader, AmqpHeaderType.String, rendered.Message.Key);
        Json.WriteEndArray();
        if (truncated) Json.WriteBoolean("headersTruncated"u8, true);
    }

    private void WriteHeader(string name, AmqpHeaderType type, string value)
    {
        Json.WriteStartObject();
        Json.WriteString("name"u8, name);
        Json.WriteString("type"u8, s_types[(int)type]);
        Json.WriteString("value"u8, value);
        Json.WriteEndObject();
    }

    private void WriteResponse(in AmqpPublishResult? result, string? said, double totalMilliseconds)
    {
        Json.WriteStartObject();
        if (result is { } answer && OutcomeOf(answer.Status) is { } outcome)
        {
            Json.WriteString("outcome"u8, outcome);
            if (answer.ReplyCode != 0) Json.WriteNumber("replyCode"u8, answer.ReplyCode);
            if (said is not null) Json.WriteString("replyText"u8, said);
        }
        Json.WriteStartObject("timings"u8);
        Json.WriteNumber("totalMs"u8, Math.Round(totalMilliseconds, 3));
        Json.WriteEndObject();
        Json.WriteEndObject();
    }

    private static string? OutcomeOf(AmqpPublishStatus status) => status switch
    {
        AmqpPublishStatus.Confirmed => RecordedAmqpResponse.Confirmed,
        AmqpPublishStatus.Returned => RecordedAmqpResponse.Returned,
        AmqpPublishStatus.Refused => RecordedAmqpResponse.Refused,
        AmqpPublishStatus.ChannelClosed or AmqpPublishStatus.ConnectionClosed => RecordedAmqpResponse.Closed,
        _ => null,
    };

    private void WriteText(ReadOnlySpan<byte> name, string? value, SecretMasker masker)
    {
        if (value is not null) Json.WriteString(name, Cut(masker.MaskText(value), MaxTextLength));
    }
}
