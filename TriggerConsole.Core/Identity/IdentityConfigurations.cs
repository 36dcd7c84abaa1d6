using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Identity;

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.Property(u => u.Id).ValueGeneratedNever();
        builder.Property(u => u.Role).HasConversion<string>().HasMaxLength(20);
        builder.Property(u => u.Name).HasMaxLength(User.MaxNameLength);
    }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.Property(k => k.Id).ValueGeneratedNever();
        builder.Property(k => k.Name).HasMaxLength(ApiKey.MaxNameLength);
        builder.Property(k => k.Hash).HasMaxLength(32);
        builder.Property(k => k.Hint).HasMaxLength(20);
        builder.Property(k => k.CreatedBy).HasMaxLength(256);
        builder.Property(k => k.Scopes).HasMaxLength(1000);
        builder.Property(k => k.AllowedNetworks).HasMaxLength(5000);
        builder.Ignore(k => k.ScopeList);
        builder.Ignore(k => k.NetworkList);
        builder.HasIndex(k => k.Hash).IsUnique();
    }
}
