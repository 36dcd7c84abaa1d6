using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Secrets;

internal sealed class SecretConfiguration : IEntityTypeConfiguration<Secret>
{
    public void Configure(EntityTypeBuilder<Secret> builder)
    {
        builder.ToTable("secrets");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Name).HasMaxLength(Secret.MaxNameLength);
        builder.Property(s => s.Description).HasMaxLength(500);
        builder.Property(s => s.AllowedHosts).HasMaxLength(Secret.MaxHostsLength);
        builder.HasIndex(s => s.Name).IsUnique();
    }
}
