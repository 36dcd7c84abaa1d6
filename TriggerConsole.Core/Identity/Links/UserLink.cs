using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Identity.Links;

/// <summary>What a link that is good for one use is for.</summary>
public enum LinkPurpose
{
    /// <summary>A new user chooses his first password.</summary>
    Invitation,

    /// <summary>A user chooses a new password without the old one.</summary>
    Reset,
}

/// <summary>A link by which its holder chooses the password of a user, once. Each user has one at most; it is deleted when it is used.</summary>
public sealed class UserLink
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of what stands in the link: 256 random bits.</summary>
    public required byte[] Hash { get; init; }

    public required LinkPurpose Purpose { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

internal sealed class UserLinkConfiguration : IEntityTypeConfiguration<UserLink>
{
    public void Configure(EntityTypeBuilder<UserLink> builder)
    {
        builder.ToTable("user_links");
        builder.Property(l => l.Id).ValueGeneratedNever();
        builder.Property(l => l.Hash).HasMaxLength(32);
        builder.Property(l => l.Purpose).HasConversion<string>().HasMaxLength(20);
        builder.HasOne<User>().WithMany().HasForeignKey(l => l.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(l => l.Hash).IsUnique();
        // One for each user
        builder.HasIndex(l => l.UserId).IsUnique();
    }
}
