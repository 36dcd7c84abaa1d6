using System.Globalization;
using System.Text.Json;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Amqp.Exchanges;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>Exchanges, bindings and queues as people read them.</summary>
internal static class AmqpExchangeWords
{
    /// <summary>The four types, each in one plain sentence.</summary>
    public static IReadOnlyList<(AmqpExchangeType Type, string Title, string What)> Types { get; } =
    [
        (AmqpExchangeType.Direct, "direct", "To the queues bound with exactly the message's routing key."),
        (AmqpExchangeType.Topic, "topic", "To the queues whose pattern fits the routing key: * is one word, # any number of words."),
        (AmqpExchangeType.Fanout, "fanout", "To every bound queue; the routing key does not count."),
        (AmqpExchangeType.Headers, "headers", "To the queues whose headers the message carries; the routing key does not count."),
    ];

    /// <summary>A tiny example of a type.</summary>
    public static string Example(AmqpExchangeType type) => type switch
    {
        AmqpExchangeType.Direct => "A message with the key invoice reaches the queues bound with invoice, and no others.",
        AmqpExchangeType.Topic => "orders.*.paid takes orders.eu.paid; orders.# takes everything that begins with orders.",
        AmqpExchangeType.Fanout => "A new price reaches the queues of shop, app and archive at once.",
        _ => "A queue bound with region = eu takes the messages that carry this header.",
    };

    public static string Word(AmqpExchangeType type) => type.ToString().ToLowerInvariant();

    public static string Word(AmqpExchangeState state) => state switch
    {
        AmqpExchangeState.Present => "Present",
        AmqpExchangeState.Missing => "Missing",
        AmqpExchangeState.Clash => "Clash",
        AmqpExchangeState.Refused => "Refused",
        _ => "Not checked yet",
    };

    /// <summary>Colour of a state.</summary>
    public static string Css(AmqpExchangeState state) => state switch
    {
        AmqpExchangeState.Present => "good",
        AmqpExchangeState.Unknown => "off",
        _ => "bad",
    };

    /// <summary>What a state means, for those who meet it first.</summary>
    public static string Meaning(AmqpExchangeState state) => state switch
    {
        AmqpExchangeState.Present => "The exchange is at the broker",
        AmqpExchangeState.Missing => "The broker has no exchange of this name",
        AmqpExchangeState.Clash => "The broker has another exchange of this name",
        AmqpExchangeState.Refused => "The broker refused to make it or to tell",
        _ => "There has been no connection yet to look",
    };

    /// <summary>A sentence for a state that needs no other: the view's own detail goes before it.</summary>
    public static string Sentence(AmqpExchangeView exchange) => exchange.Status.Detail ?? exchange.Status.State switch
    {
        AmqpExchangeState.Present => exchange.Declare ? "The exchange is at the broker, as it is set here." : "The exchange is at the broker. Only its name is checked from here.",
        _ => $"It has not been looked at yet, because there was no connection to {exchange.Broker}. {(exchange.Declare ? "It is made" : "It is checked")} as soon as there is one.",
    };

    /// <summary>The properties of a definition, in the order people compare them.</summary>
    public static IReadOnlyList<(string Name, string Value)> Lines(AmqpExchangeDefinition definition) =>
    [
        ("Type", Word(definition.Type)),
        ("Durable", YesNo(definition.Durable)),
        ("Auto-delete", YesNo(definition.AutoDelete)),
        ("Internal", YesNo(definition.Internal)),
        ("Alternate exchange", definition.AlternateExchange ?? "none"),
        .. definition.Arguments.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => (a.Key, Text(a.Value))),
    ];

    /// <summary>Both definitions line by line; a property that one of them lacks is "none" there.</summary>
    public static IReadOnlyList<(string Name, string Wanted, string Actual)> Compare(AmqpExchangeDefinition wanted, AmqpExchangeDefinition actual)
    {
        var there = Lines(actual);
        var here = Lines(wanted);
        return
        [
            .. here.Select(h => (h.Name, h.Value, there.FirstOrDefault(t => t.Name == h.Name).Value ?? "none")),
            .. there.Where(t => here.All(h => h.Name != t.Name)).Select(t => (t.Name, "none", t.Value)),
        ];
    }

    public static AmqpExchangeDefinition DefinitionOf(AmqpExchangeView exchange) => new()
    {
        Type = exchange.Type,
        Durable = exchange.Durable,
        AutoDelete = exchange.AutoDelete,
        Internal = exchange.Internal,
        AlternateExchange = exchange.AlternateExchange,
        Arguments = exchange.Arguments,
    };

    /// <summary>"topic, durable, made from here": part of a list.</summary>
    public static string InWords(AmqpExchangeView exchange)
    {
        List<string> words = [Word(exchange.Type)];
        if (!exchange.Declare)
        {
            words.Add("only checked");
            return string.Join(", ", words);
        }
        words.Add(exchange.Durable ? "durable" : "not durable");
        if (exchange.AutoDelete) words.Add("auto-delete");
        if (exchange.Internal) words.Add("internal");
        if (exchange.AlternateExchange is { } alternate) words.Add($"else to {alternate}");
        return string.Join(", ", words);
    }

    /// <summary>Which messages a binding lets through: "messages whose routing key fits orders.#", "every message".</summary>
    public static string Which(AmqpExchangeType type, AmqpBindingView binding) => type switch
    {
        AmqpExchangeType.Fanout => "every message",
        AmqpExchangeType.Headers => Headers(binding.Arguments),
        AmqpExchangeType.Topic => $"messages whose routing key fits {Quoted(binding.RoutingKey)}",
        _ => $"messages whose routing key is {Quoted(binding.RoutingKey)}",
    };

    /// <summary>How a queue was made: "durable, quorum, at most 10,000 messages"; null when it was there.</summary>
    public static string? Queue(AmqpQueueInput? made)
    {
        if (made is null) return null;
        List<string> words = [made.Durable ? "durable" : "not durable"];
        if (made.AutoDelete) words.Add("auto-delete");
        words.AddRange(made.Arguments.Select(Argument));
        return string.Join(", ", words);
    }

    private static string Argument(KeyValuePair<string, JsonElement> argument) => (argument.Key, Text(argument.Value)) switch
    {
        ("x-queue-type", var type) => type,
        ("x-max-length", var text) when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) => string.Create(CultureInfo.InvariantCulture, $"at most {most:N0} messages"),
        ("x-overflow", "reject-publish") => "refuses when full",
        ("x-overflow", "drop-head") => "drops the oldest when full",
        ("x-message-ttl", var text) when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) => $"keeps each for {DurationText.Of(milliseconds / 1000.0)}",
        ("x-max-priority", var most) => $"priorities to {most}",
        var (name, value) => $"{name} = {value}",
    };

    /// <summary>What was found of a queue: "exists, 3 messages waiting, 1 consumer".</summary>
    public static string Found(AmqpQueueView queue)
    {
        if (!queue.Exists) return "There is no queue of this name at the broker.";
        if (queue.Messages is not { } messages) return queue.Detail ?? "It exists, but the broker does not tell more.";
        var consumers = queue.Consumers switch { 0 => "no consumer", 1 => "1 consumer", var count => $"{count:N0} consumers" };
        return string.Create(CultureInfo.InvariantCulture, $"It exists: {(messages == 0 ? "no messages" : messages == 1 ? "1 message" : $"{messages:N0} messages")} waiting, {consumers}.");
    }

    public static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static string Quoted(string key) => key.Length == 0 ? "(empty)" : key;

    private static string Headers(IReadOnlyDictionary<string, JsonElement> arguments)
    {
        var any = arguments.TryGetValue("x-match", out var match) && Text(match).StartsWith("any", StringComparison.Ordinal);
        var headers = arguments.Where(a => !a.Key.StartsWith("x-", StringComparison.Ordinal)).Select(a => $"{a.Key} = {Text(a.Value)}").ToList();
        return headers.Count == 0 ? "every message" : $"messages with {string.Join(any ? " or " : " and ", headers)}";
    }

    private static string YesNo(bool value) => value ? "yes" : "no";
}
