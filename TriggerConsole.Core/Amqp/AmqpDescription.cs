using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Amqp;

/// <summary>Says in one sentence what a trigger does.</summary>
internal static class AmqpDescription
{
    private const int MaxKeyLength = 200;

    /// <param name="broker">Its name; null when there is no such broker any more.</param>
    public static string Of(AmqpTriggerSettings settings, AmqpDestination destination, string? broker)
    {
        var key = settings.RoutingKey.Length <= MaxKeyLength ? settings.RoutingKey : settings.RoutingKey[..MaxKeyLength] + "…";
        var where = destination switch
        {
            { Queue: "" } => settings.Queue is null ? "an exchange" : "a queue", // nothing is chosen yet
            { Queue: { } queue } => $"queue {queue}",
            { Exchange: "" } => "an exchange that is gone",
            _ => $"exchange {destination.Exchange}",
        };
        var at = destination.BrokerId == Guid.Empty ? "" : $" at {broker ?? "a broker that is gone"}";
        var with = destination.Queue is null && key.Length > 0 ? $" for routing key {key}," : "";
        return $"Publish to {where}{at}{with} {MessageBody.InWords(settings.Body)}{(settings.Persistent ? "" : ", not persistent")}{(settings.Mandatory ? "" : ", routed or not")}";
    }
}
