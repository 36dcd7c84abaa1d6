using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Identity.Tries;

/// <summary>How often something secret was tried without success. When <see cref="Tries"/> reaches <see cref="Allowed"/>, it is locked for a while.</summary>
public sealed class TryCounter
{
    public const int MaxIdLength = 100;

    /// <summary>What is tried: a user's password, his password from one browser that is known, his second factor.</summary>
    public required string Id { get; init; }

    public int Tries { get; set; }

    /// <summary>Grows with each lock that has passed.</summary>
    public int Allowed { get; set; }

    public DateTimeOffset LastTryAt { get; set; }
}

internal sealed class TryCounterConfiguration : IEntityTypeConfiguration<TryCounter>
{
    public void Configure(EntityTypeBuilder<TryCounter> builder)
    {
        builder.ToTable("sign_in_tries");
        builder.HasKey(c => c.Id);
        builder.Property(c => c.Id).HasMaxLength(TryCounter.MaxIdLength).ValueGeneratedNever();
        // Old ones are deleted
        builder.HasIndex(c => c.LastTryAt);
    }
}
