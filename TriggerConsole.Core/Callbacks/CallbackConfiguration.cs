using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Callbacks;

internal sealed class CallbackConfiguration : IEntityTypeConfiguration<Callback>
{
    public void Configure(EntityTypeBuilder<Callback> builder)
    {
        builder.ToTable("callbacks");
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.Property(c => c.Name).HasMaxLength(Callback.MaxNameLength);
        builder.Property(c => c.Description).HasMaxLength(Callback.MaxDescriptionLength);
        builder.Property(c => c.Path).HasMaxLength(Callback.MaxPathLength);
        builder.Property(c => c.Methods).HasMaxLength(100);
        builder.Property(c => c.TokenHash).HasMaxLength(32);
        builder.Property(c => c.TokenHint).HasMaxLength(8);
        builder.Property(c => c.PreviousTokenHash).HasMaxLength(32);
        builder.Property(c => c.Version).IsConcurrencyToken();
        builder.Ignore(c => c.MethodList);
        builder.Ignore(c => c.NetworkList);
        // No two callbacks at one path; a deleted one gives its path free (its path is cleared)
        builder.HasIndex(c => c.Path).IsUnique();
    }
}

internal sealed class RejectionConfiguration : IEntityTypeConfiguration<Rejection>
{
    public void Configure(EntityTypeBuilder<Rejection> builder)
    {
        builder.ToTable("rejections");
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.Reason).HasMaxLength(40);
        builder.Property(r => r.Method).HasMaxLength(16);
        builder.Property(r => r.Path).HasMaxLength(300);
        builder.Property(r => r.RemoteAddress).HasMaxLength(64);
        builder.Property(r => r.UserAgent).HasMaxLength(200);
        // Newest rejections of one callback
        builder.HasIndex(r => new { r.CallbackId, r.Id });
    }
}
