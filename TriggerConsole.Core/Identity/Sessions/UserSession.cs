using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Identity.Sessions;

/// <summary>One sign-in of a user in one browser. Ended ones are deleted; what ended them is in the audit log.</summary>
public sealed class UserSession
{
    public const int MaxMethodLength = 40;
    public const int MaxAddressLength = 64;
    public const int MaxBrowserLength = 100;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>SHA-256 of the secret half of the ticket in the cookie: whoever reads the table cannot make a cookie of it.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>What it was made with: <c>password</c>, <c>password and code</c>, the name of a provider.</summary>
    public required string Method { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset LastSeenAt { get; set; }

    public string? Address { get; init; }

    /// <summary>In words: <c>Firefox on Windows</c>.</summary>
    public string? Browser { get; init; }
}

internal sealed class UserSessionConfiguration : IEntityTypeConfiguration<UserSession>
{
    public void Configure(EntityTypeBuilder<UserSession> builder)
    {
        builder.ToTable("user_sessions");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Hash).HasMaxLength(32);
        builder.Property(s => s.Method).HasMaxLength(UserSession.MaxMethodLength);
        builder.Property(s => s.Address).HasMaxLength(UserSession.MaxAddressLength);
        builder.Property(s => s.Browser).HasMaxLength(UserSession.MaxBrowserLength);
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
        // The list of one user
        builder.HasIndex(s => s.UserId);
        // Those not seen for long are deleted
        builder.HasIndex(s => s.LastSeenAt);
    }
}
