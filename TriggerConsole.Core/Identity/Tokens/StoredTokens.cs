using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>A signing key as it is stored.</summary>
public sealed class StoredSigningKey
{
    /// <summary><see cref="SigningKey.Id"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The private key, encrypted.</summary>
    public required string ProtectedKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>
/// One refresh token, stored as a hash. Each is used once and makes the next one of its session; a second use means that two hold
/// it, and ends the session (RFC 9700 section 4.14).
/// </summary>
public sealed class RefreshToken
{
    public const int MaxAddressLength = 64;
    public const int MaxClientLength = 200;

    public required Guid Id { get; init; }

    /// <summary>The sign-in it goes back to.</summary>
    public required Guid SessionId { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of the token. The token has 256 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The user's security stamp at sign-in: it changes with the password and with "sign out everywhere", and ends the session.</summary>
    public required string Stamp { get; init; }

    /// <summary>When the session began.</summary>
    public required DateTimeOffset SessionStartedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Where it was asked for.</summary>
    public string? Address { get; init; }

    /// <summary>The program that asked, as it calls itself.</summary>
    public string? Client { get; init; }
}

internal sealed class StoredSigningKeyConfiguration : IEntityTypeConfiguration<StoredSigningKey>
{
    public void Configure(EntityTypeBuilder<StoredSigningKey> builder)
    {
        builder.ToTable("signing_keys");
        builder.Property(k => k.Id).HasMaxLength(43);
    }
}

internal sealed class RefreshTokenConfiguration : IEntityTypeConfiguration<RefreshToken>
{
    public void Configure(EntityTypeBuilder<RefreshToken> builder)
    {
        builder.ToTable("refresh_tokens");
        builder.Property(t => t.Id).ValueGeneratedNever();
        builder.Property(t => t.Hash).HasMaxLength(32);
        builder.Property(t => t.Stamp).HasMaxLength(100);
        builder.Property(t => t.Address).HasMaxLength(RefreshToken.MaxAddressLength);
        builder.Property(t => t.Client).HasMaxLength(RefreshToken.MaxClientLength);
        builder.HasOne<User>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(t => t.Hash).IsUnique();
        builder.HasIndex(t => t.SessionId);
        // Expired ones are deleted
        builder.HasIndex(t => t.ExpiresAt);
    }
}
