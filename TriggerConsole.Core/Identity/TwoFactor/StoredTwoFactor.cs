using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Identity.TwoFactor;

/// <summary>The second factor of a user: an authenticator app, and recovery codes for the day it is lost.</summary>
public sealed class StoredTwoFactor
{
    public required Guid UserId { get; init; }

    /// <summary>What the app knows, encrypted.</summary>
    public required string ProtectedSecret { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>When a code of the app was shown for the first time; null while it is being set up, and counts for nothing.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>The last step (RFC 6238) whose code was taken; it and those before it are taken no more.</summary>
    public long LastStep { get; set; }

    /// <summary>Of the hashes of this user's recovery codes.</summary>
    public byte[]? RecoverySalt { get; set; }
}

/// <summary>A code that takes the place of the app once; deleted when it is used.</summary>
public sealed class RecoveryCode
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required byte[] Hash { get; init; }
}

internal sealed class StoredTwoFactorConfiguration : IEntityTypeConfiguration<StoredTwoFactor>
{
    public void Configure(EntityTypeBuilder<StoredTwoFactor> builder)
    {
        builder.ToTable("two_factors");
        builder.HasKey(t => t.UserId);
        builder.Property(t => t.UserId).ValueGeneratedNever();
        builder.Property(t => t.RecoverySalt).HasMaxLength(RecoveryCodes.SaltLength);
        builder.HasOne<User>().WithOne().HasForeignKey<StoredTwoFactor>(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RecoveryCodeConfiguration : IEntityTypeConfiguration<RecoveryCode>
{
    public void Configure(EntityTypeBuilder<RecoveryCode> builder)
    {
        builder.ToTable("recovery_codes");
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.Property(c => c.Hash).HasMaxLength(RecoveryCodes.HashLength);
        builder.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(c => c.UserId);
    }
}
