using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Amqp.Brokers;

/// <summary>How a broker is reached, as its user described it. <c>{"url":"amqp://broker.example"}</c> is enough.</summary>
public sealed record AmqpBrokerSettings
{
    public const string DefaultUser = "guest";

    /// <summary>
    /// <c>amqp://host[:5672][/vhost]</c> or <c>amqps://host[:5671][/vhost]</c> (TLS). Without a virtual host, or with a bare slash, the
    /// default one, <c>/</c>; a slash within its name is written <c>%2F</c>.
    /// </summary>
    public string Url { get; init; } = "";

    /// <summary>Default: guest.</summary>
    public string Username { get; init; } = DefaultUser;

    /// <summary>Null for the user guest: guest.</summary>
    [SecretField]
    public string? Password { get; init; }

    /// <summary>Only with amqps.</summary>
    public BrokerTls? Tls { get; init; }

    /// <summary>After two of these without a sign of life the connection counts as broken; 5 to 600 seconds. Default: 30.</summary>
    public int HeartbeatSeconds { get; init; } = 30;

    /// <summary>What the broker's own pages call the connection; empty: TriggerConsole and the name of the broker.</summary>
    public string ConnectionName { get; init; } = "";
}
