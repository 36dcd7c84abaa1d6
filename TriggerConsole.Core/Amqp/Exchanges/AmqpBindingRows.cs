using System.Text.Json;

namespace TriggerConsole.Core.Amqp.Exchanges;

/// <summary>Between stored bindings and what people see.</summary>
internal static class AmqpBindingRows
{
    public static AmqpQueueInput? QueueOf(AmqpBinding row) => row.QueueSettings is { } json ? JsonSerializer.Deserialize<AmqpQueueInput>(json, CoreJson.Options) : null;

    public static AmqpBindingView ToView(AmqpBinding row) => new(row.Id, row.ExchangeId, row.Queue, row.RoutingKey, AmqpArguments.Read(row.Arguments), QueueOf(row), row.CreatedAt);
}
