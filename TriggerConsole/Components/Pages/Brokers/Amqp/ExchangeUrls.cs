namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>Where exchanges are shown.</summary>
internal static class ExchangeUrls
{
    public static string Of(Guid brokerId, Guid exchangeId) => $"/brokers/amqp/{brokerId}/exchanges/{exchangeId}";

    public static string List(Guid brokerId) => $"/brokers/amqp/{brokerId}?tab=exchanges";

    /// <summary>To make a binding, the key filled in.</summary>
    public static string NewBinding(Guid brokerId, Guid exchangeId, string? routingKey)
        => Of(brokerId, exchangeId) + (string.IsNullOrEmpty(routingKey) ? "" : $"?key={Uri.EscapeDataString(routingKey)}");

    /// <summary>To publish a message by hand.</summary>
    public static string Publish(Guid brokerId, Guid exchangeId) => $"/brokers/amqp/{brokerId}?tab=publish&exchange={exchangeId}";
}
