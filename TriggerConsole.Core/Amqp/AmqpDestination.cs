using TriggerConsole.Core.Amqp.Exchanges;

namespace TriggerConsole.Core.Amqp;

/// <summary>Where messages go at their broker.</summary>
/// <param name="BrokerId">An id of zeros when it cannot be told, because the exchange has been deleted.</param>
/// <param name="Exchange">Its name; empty: the default exchange.</param>
/// <param name="Queue">The queue that is meant when it is the default exchange; else null.</param>
internal sealed record AmqpDestination(Guid BrokerId, string Exchange, string? Queue)
{
    /// <summary>Of the exchange here; null for a queue, and for an exchange that only the broker knows.</summary>
    public Guid? ExchangeId { get; init; }

    /// <summary>Null when it is not known.</summary>
    public AmqpExchangeType? Type { get; init; }

    public static AmqpDestination Of(RuntimeAmqpExchange exchange) => new(exchange.BrokerId, exchange.Name, null) { ExchangeId = exchange.Id, Type = exchange.Type };

    public static AmqpDestination Of(AmqpTriggerSettings settings, AmqpExchangeDirectory exchanges)
    {
        if (settings.ExchangeId is not { } id) return new(settings.BrokerId ?? Guid.Empty, "", settings.Queue ?? "");
        return exchanges.Find(id) is { } exchange ? Of(exchange) : new(settings.BrokerId ?? Guid.Empty, "", null) { ExchangeId = id };
    }
}
