using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Amqp.Brokers;

/// <summary>
/// A broker as people and programs describe it. What an update leaves out stays as it is; what it gives as null goes back to its
/// default. Secrets are the exception: null keeps them, and an empty text takes them away.
/// </summary>
public sealed record AmqpBrokerInput : IBrokerInput<AmqpBrokerSettings>
{
    private readonly Given _given;

    public string? Name { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>User name and password in it count as given in their fields, and are not kept in the address.</summary>
    public string? Url { get; init { field = value; _given |= Given.Url; } }

    public string? Username { get; init { field = value; _given |= Given.Username; } }

    [SecretField]
    public string? Password { get; init; }

    /// <summary>Replaced whole; its key is kept when it is left out.</summary>
    public BrokerTls? Tls { get; init { field = value; _given |= Given.Tls; } }

    public int? HeartbeatSeconds { get; init { field = value; _given |= Given.HeartbeatSeconds; } }

    public string? ConnectionName { get; init { field = value; _given |= Given.ConnectionName; } }

    /// <summary>The version that was edited; an update is refused when someone else has changed it since. Left out: not checked.</summary>
    public int? Version { get; init; }

    [Flags]
    private enum Given
    {
        None = 0,
        Url = 1,
        Username = 1 << 1,
        Tls = 1 << 2,
        HeartbeatSeconds = 1 << 3,
        ConnectionName = 1 << 4,
    }

    AmqpBrokerSettings IBrokerInput<AmqpBrokerSettings>.ApplyTo(AmqpBrokerSettings before)
    {
        var usual = new AmqpBrokerSettings();
        var (url, user, password) = AmqpAddress.SplitCredentials((Url ?? "").Trim());
        return new()
        {
            Url = Has(Given.Url) ? url : before.Url,
            Username = Has(Given.Username) ? string.IsNullOrEmpty(Username) ? usual.Username : Username : user ?? before.Username,
            Password = Password ?? password,
            Tls = Has(Given.Tls) ? Tls is { IsEmpty: false } ? Tls : null : before.Tls is { } tls ? tls with { ClientKey = null } : null,
            HeartbeatSeconds = Has(Given.HeartbeatSeconds) ? HeartbeatSeconds ?? usual.HeartbeatSeconds : before.HeartbeatSeconds,
            ConnectionName = Has(Given.ConnectionName) ? (ConnectionName ?? "").Trim() : before.ConnectionName,
        };
    }

    private bool Has(Given given) => (_given & given) != 0;

    // The compiler's version would print the password
    public override string ToString() => $"{Name} {AmqpAddress.SplitCredentials(Url ?? "").Url}";
}
