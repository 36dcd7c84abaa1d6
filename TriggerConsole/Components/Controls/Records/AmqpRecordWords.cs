using System.Globalization;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Http;

namespace TriggerConsole.Components.Controls.Records;

/// <summary>What records of AMQP messages say in words.</summary>
internal static class AmqpRecordWords
{
    private const string Text = "string";

    /// <summary>Where it went in a word: the queue, the routing key, or the exchange when there is no key.</summary>
    public static string Short(RecordedAmqpRequest message) => message.Queue ?? (message.RoutingKey.Length > 0 ? message.RoutingKey : message.Exchange);

    public static string Delivery(RecordedAmqpRequest message) => message.Properties.Persistent ? "persistent" : "not persistent";

    public static string Mandatory(RecordedAmqpRequest message) => message.Mandatory ? "it comes back" : "it is dropped without a word";

    /// <summary>What the broker did with it, in a few words.</summary>
    public static string Outcome(RecordedAmqpResponse answer) => answer.Outcome switch
    {
        RecordedAmqpResponse.Confirmed => "Confirmed",
        RecordedAmqpResponse.Returned => "Not routed",
        RecordedAmqpResponse.Refused => "Refused",
        RecordedAmqpResponse.Closed => "Closed by the broker",
        _ => "No confirmation came.",
    };

    /// <summary>Colour of an outcome: what went nowhere, and what was refused, are apart.</summary>
    public static string Css(RecordedAmqpResponse answer) => answer.Outcome switch
    {
        RecordedAmqpResponse.Confirmed => "good",
        RecordedAmqpResponse.Returned => "warn",
        _ => "bad",
    };

    /// <summary>The broker's code and words; null when it gave none.</summary>
    public static string? Reply(RecordedAmqpResponse answer)
        => answer.ReplyCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"{code} {answer.ReplyText}").TrimEnd() : answer.ReplyText;

    /// <summary>Why nobody has it: goes on after "Published, but not routed:".</summary>
    /// <param name="type">Of the exchange as it is now; null when that is not known.</param>
    public static string NotRouted(RecordedAmqpRequest? message, AmqpExchangeType? type) => (message, type) switch
    {
        (null, _) => "no queue is bound for it, so nobody has it",
        ({ Queue: { } queue }, _) => $"there is no queue {queue}, so nobody has it",
        (_, AmqpExchangeType.Fanout) => $"no queue is bound to {message.Exchange}, so nobody has it",
        (_, AmqpExchangeType.Headers) => $"no queue is bound to {message.Exchange} for these headers, so nobody has it",
        ({ RoutingKey.Length: 0 }, _) => $"no queue is bound to {message.Exchange} with an empty key, so nobody has it",
        _ => $"no queue is bound to {message.Exchange} with the key {message.RoutingKey}, so nobody has it",
    };

    /// <summary>The properties that are set.</summary>
    public static IReadOnlyList<RecordedHeader> Properties(RecordedAmqpProperties properties)
    {
        var list = new List<RecordedHeader>();
        Add("Content type", properties.ContentType);
        Add("Content encoding", properties.ContentEncoding);
        Add("Priority", properties.Priority?.ToString(CultureInfo.InvariantCulture));
        Add("Correlation id", properties.CorrelationId);
        Add("Reply to", properties.ReplyTo);
        Add("Expires after", properties.ExpirationMs is { } milliseconds ? DurationText.Of(milliseconds / 1000.0) : null);
        Add("Message id", properties.MessageId);
        Add("Time", properties.Timestamp?.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        Add("Type", properties.Type);
        Add("App id", properties.AppId);
        return list;

        void Add(string name, string? value)
        {
            if (value is not null) list.Add(new(name, value));
        }
    }

    /// <summary>The headers; a type that is no text is said.</summary>
    public static IReadOnlyList<RecordedHeader> Headers(RecordedAmqpRequest message)
        => [.. message.Headers.Select(h => new RecordedHeader(h.Name, h.Type == Text ? h.Value : $"{h.Value} ({h.Type})"))];

    /// <summary>A message as lines, to be compared with another one.</summary>
    public static IEnumerable<string> Lines(RecordedAmqpRequest message)
    {
        yield return message.Queue is null ? $"PUBLISH {message.Exchange} {message.RoutingKey}".TrimEnd() : $"PUBLISH {message.Queue}";
        yield return $"Broker: {message.Broker ?? "gone"} {message.Url}".TrimEnd();
        yield return $"Delivery: {Delivery(message)}";
        yield return $"Without a queue: {Mandatory(message)}";
        foreach (var property in Properties(message.Properties)) yield return $"{property.Name}: {property.Value}";
        foreach (var header in Headers(message)) yield return $"Header {header.Name}: {header.Value}";
    }

    /// <inheritdoc cref="Lines(RecordedAmqpRequest)"/>
    public static IEnumerable<string> Lines(RecordedAmqpResponse answer)
    {
        yield return Outcome(answer);
        if (Reply(answer) is { Length: > 0 } said) yield return $"The broker says: {said}";
    }
}
