using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Amqp.Brokers;

/// <summary>A broker as people see it. Secrets are null, with <c>has…</c> beside them.</summary>
public sealed record AmqpBrokerView : IBrokerView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required bool Enabled { get; init; }

    public required string Url { get; init; }

    /// <summary>The one that the address names.</summary>
    public required string VirtualHost { get; init; }

    public required string Username { get; init; }

    /// <summary>Always null: it can be written and never read.</summary>
    public string? Password { get; init; }

    public required bool HasPassword { get; init; }

    public BrokerTlsView? Tls { get; init; }

    public required int HeartbeatSeconds { get; init; }

    public required string ConnectionName { get; init; }

    /// <summary>How many triggers publish to it.</summary>
    public required int Triggers { get; init; }

    /// <summary>How many exchanges of it are known here.</summary>
    public required int Exchanges { get; init; }

    /// <summary>What its connection is doing.</summary>
    public required BrokerStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required int Version { get; init; }

    internal static AmqpBrokerView Of(AmqpBroker row, AmqpBrokerSettings settings, BrokerStatus status, int triggers, int exchanges) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Enabled = row.Enabled,
        Url = settings.Url,
        VirtualHost = AmqpAddress.Parse(settings.Url, new(), "") is { } address ? AmqpAddress.VirtualHostOf(address) : "",
        Username = settings.Username,
        HasPassword = !string.IsNullOrEmpty(settings.Password),
        Tls = settings.Tls is { } tls ? BrokerTlsView.Of(tls) : null,
        HeartbeatSeconds = settings.HeartbeatSeconds,
        ConnectionName = settings.ConnectionName,
        Triggers = triggers,
        Exchanges = exchanges,
        Status = status,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        Version = row.Version,
    };
}
