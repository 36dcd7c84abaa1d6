namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>The choices of an AMQP broker as people read them.</summary>
internal static class AmqpBrokerWords
{
    /// <summary>Ways to connect, with the port that is usual for each.</summary>
    public static IReadOnlyList<(string Scheme, string Title, string Port)> Ways { get; } =
    [
        ("amqp", "Plain (amqp)", "5672"),
        ("amqps", "Encrypted (amqps)", "5671"),
    ];
}
