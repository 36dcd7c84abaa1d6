using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>
/// A broker as people and programs describe it. What an update leaves out stays as it is; what it gives as null goes back to its
/// default. Secrets are the exception: null keeps them, and an empty text takes them away.
/// </summary>
public sealed record MqttBrokerInput : IBrokerInput<MqttBrokerSettings>
{
    private readonly Given _given;

    public string? Name { get; init; }

    public bool? Enabled { get; init; }

    public string? Url { get; init { field = value; _given |= Given.Url; } }

    /// <summary><c>auto</c>, <c>3.1.1</c> or <c>5.0</c>.</summary>
    public MqttProtocolVersion? ProtocolVersion { get; init { field = value; _given |= Given.ProtocolVersion; } }

    public string? Username { get; init { field = value; _given |= Given.Username; } }

    [SecretField]
    public string? Password { get; init; }

    public string? ClientId { get; init { field = value; _given |= Given.ClientId; } }

    public bool? CleanStart { get; init { field = value; _given |= Given.CleanStart; } }

    public long? SessionExpirySeconds { get; init { field = value; _given |= Given.SessionExpirySeconds; } }

    public int? KeepAliveSeconds { get; init { field = value; _given |= Given.KeepAliveSeconds; } }

    /// <summary>Replaced whole; its key is kept when it is left out.</summary>
    public BrokerTls? Tls { get; init { field = value; _given |= Given.Tls; } }

    public MqttBrokerMessage? LastWill { get; init { field = value; _given |= Given.LastWill; } }

    public MqttBrokerMessage? BirthMessage { get; init { field = value; _given |= Given.BirthMessage; } }

    public MqttBrokerMessage? CloseMessage { get; init { field = value; _given |= Given.CloseMessage; } }

    /// <summary>The version that was edited; an update is refused when someone else has changed it since. Left out: not checked.</summary>
    public int? Version { get; init; }

    [Flags]
    private enum Given
    {
        None = 0,
        Url = 1,
        ProtocolVersion = 1 << 1,
        Username = 1 << 2,
        ClientId = 1 << 3,
        CleanStart = 1 << 4,
        SessionExpirySeconds = 1 << 5,
        KeepAliveSeconds = 1 << 6,
        Tls = 1 << 7,
        LastWill = 1 << 8,
        BirthMessage = 1 << 9,
        CloseMessage = 1 << 10,
    }

    /// <summary>The settings with what is given here put in. Secrets come from here alone.</summary>
    MqttBrokerSettings IBrokerInput<MqttBrokerSettings>.ApplyTo(MqttBrokerSettings before)
    {
        var usual = new MqttBrokerSettings();
        return new()
        {
            Url = Has(Given.Url) ? (Url ?? "").Trim() : before.Url,
            ProtocolVersion = Has(Given.ProtocolVersion) ? ProtocolVersion ?? usual.ProtocolVersion : before.ProtocolVersion,
            Username = Has(Given.Username) ? string.IsNullOrEmpty(Username) ? null : Username : before.Username,
            Password = Password,
            ClientId = Has(Given.ClientId) ? ClientId ?? "" : before.ClientId,
            CleanStart = Has(Given.CleanStart) ? CleanStart ?? usual.CleanStart : before.CleanStart,
            SessionExpirySeconds = Has(Given.SessionExpirySeconds) ? SessionExpirySeconds ?? usual.SessionExpirySeconds : before.SessionExpirySeconds,
            KeepAliveSeconds = Has(Given.KeepAliveSeconds) ? KeepAliveSeconds ?? usual.KeepAliveSeconds : before.KeepAliveSeconds,
            Tls = Has(Given.Tls) ? Tls is { IsEmpty: false } ? Tls : null : before.Tls is { } tls ? tls with { ClientKey = null } : null,
            LastWill = Has(Given.LastWill) ? LastWill : before.LastWill,
            BirthMessage = Has(Given.BirthMessage) ? BirthMessage : before.BirthMessage,
            CloseMessage = Has(Given.CloseMessage) ? CloseMessage : before.CloseMessage,
        };
    }

    private bool Has(Given given) => (_given & given) != 0;

    // The compiler's version would print the password
    public override string ToString() => $"{Name} {Url}";
}
