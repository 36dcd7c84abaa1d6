using System.Text.Json;
using TriggerConsole.Core.Amqp.Exchanges;

namespace TriggerConsole.Tests.Components.Pages.Brokers.Amqp;

/// <summary>Exchanges and bindings as pages are given them.</summary>
internal static class Exchanges
{
    public static AmqpExchangeView View(AmqpExchangeStatus? status = null) => new()
    {
        Id = Rows.Id,
        BrokerId = Rows.Id,
        Broker = "Warehouse",
        Name = "orders",
        Type = AmqpExchangeType.Topic,
        Durable = true,
        AutoDelete = false,
        Internal = false,
        AlternateExchange = "orders.lost",
        Arguments = Arguments("""{"x-a":"text","x-b":5,"x-c":0.5,"x-d":true}"""),
        Declare = true,
        Status = status ?? new(AmqpExchangeState.Present, null, null, DateTimeOffset.UnixEpoch),
        Triggers = 0,
        Bindings = 0,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Version = 7,
    };

    public static AmqpExchangeDefinition Definition(AmqpExchangeType type, bool durable = true, string? alternate = null, string arguments = "{}")
        => new() { Type = type, Durable = durable, AutoDelete = false, Internal = false, AlternateExchange = alternate, Arguments = Arguments(arguments) };

    public static AmqpBindingView Binding(string key = "", string arguments = "{}", AmqpQueueInput? queue = null) => new(Rows.Id, Rows.Id, "warehouse", key, Arguments(arguments), queue, DateTimeOffset.UnixEpoch);

    public static Dictionary<string, JsonElement> Arguments(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
