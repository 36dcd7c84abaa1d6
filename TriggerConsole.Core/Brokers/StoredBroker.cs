using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Brokers;

/// <summary>A broker as it is stored; each kind has a table of its own.</summary>
public abstract class StoredBroker
{
    public const int MaxNameLength = 200;

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>Off: nothing connects, and what triggers would send waits.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>JSON of the kind's settings, secret fields left out.</summary>
    public required string Settings { get; set; }

    /// <summary>The secret fields, as one encrypted JSON object of path and value; null when there are none.</summary>
    public string? ProtectedSecrets { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Grows with each change; two editors cannot overwrite each other unseen.</summary>
    public int Version { get; set; }
}

internal abstract class StoredBrokerConfiguration<TRow>(string table) : IEntityTypeConfiguration<TRow> where TRow : StoredBroker
{
    public void Configure(EntityTypeBuilder<TRow> builder)
    {
        builder.ToTable(table);
        builder.Property(b => b.Id).ValueGeneratedNever();
        builder.Property(b => b.Name).HasMaxLength(StoredBroker.MaxNameLength);
        builder.Property(b => b.Version).IsConcurrencyToken();
    }
}
