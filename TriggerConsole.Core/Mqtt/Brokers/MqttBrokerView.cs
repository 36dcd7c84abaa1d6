using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>A broker as people see it. Secrets are null, with <c>has…</c> beside them.</summary>
public sealed record MqttBrokerView : IBrokerView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required bool Enabled { get; init; }

    public required string Url { get; init; }

    public required MqttProtocolVersion ProtocolVersion { get; init; }

    public string? Username { get; init; }

    /// <summary>Always null: it can be written and never read.</summary>
    public string? Password { get; init; }

    public required bool HasPassword { get; init; }

    public required string ClientId { get; init; }

    public required bool CleanStart { get; init; }

    public required long SessionExpirySeconds { get; init; }

    public required int KeepAliveSeconds { get; init; }

    public BrokerTlsView? Tls { get; init; }

    public MqttBrokerMessage? LastWill { get; init; }

    public MqttBrokerMessage? BirthMessage { get; init; }

    public MqttBrokerMessage? CloseMessage { get; init; }

    /// <summary>How many triggers publish to it.</summary>
    public required int Triggers { get; init; }

    /// <summary>What its connection is doing.</summary>
    public required BrokerStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required int Version { get; init; }

    internal static MqttBrokerView Of(MqttBroker row, MqttBrokerSettings settings, BrokerStatus status, int triggers) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Enabled = row.Enabled,
        Url = settings.Url,
        ProtocolVersion = settings.ProtocolVersion,
        Username = settings.Username,
        HasPassword = !string.IsNullOrEmpty(settings.Password),
        ClientId = settings.ClientId,
        CleanStart = settings.CleanStart,
        SessionExpirySeconds = settings.SessionExpirySeconds,
        KeepAliveSeconds = settings.KeepAliveSeconds,
        Tls = settings.Tls is { } tls ? BrokerTlsView.Of(tls) : null,
        LastWill = settings.LastWill,
        BirthMessage = settings.BirthMessage,
        CloseMessage = settings.CloseMessage,
        Triggers = triggers,
        Status = status,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        Version = row.Version,
    };
}
