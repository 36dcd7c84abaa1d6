using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>An MQTT broker that triggers publish to.</summary>
public sealed class MqttBroker
{
    public const int MaxNameLength = 200;

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>Off: nothing connects, and what triggers would send waits.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>JSON of <see cref="MqttBrokerSettings"/>, secret fields left out.</summary>
    public required string Settings { get; set; }

    /// <summary>The secret fields, as one encrypted JSON object of path and value; null when there are none.</summary>
    public string? ProtectedSecrets { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Grows with each change; two editors cannot overwrite each other unseen.</summary>
    public int Version { get; set; }
}

internal sealed class MqttBrokerConfiguration : IEntityTypeConfiguration<MqttBroker>
{
    public void Configure(EntityTypeBuilder<MqttBroker> builder)
    {
        builder.ToTable("mqtt_brokers");
        builder.Property(b => b.Id).ValueGeneratedNever();
        builder.Property(b => b.Name).HasMaxLength(MqttBroker.MaxNameLength);
        builder.Property(b => b.Version).IsConcurrencyToken();
    }
}
