using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TriggerConsole.Core.Callbacks;

namespace TriggerConsole.Core.Triggers;

internal sealed class TriggerConfiguration : IEntityTypeConfiguration<Trigger>
{
    public void Configure(EntityTypeBuilder<Trigger> builder)
    {
        builder.ToTable("triggers");
        builder.Property(t => t.Id).ValueGeneratedNever();
        builder.Property(t => t.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(t => t.Name).HasMaxLength(Trigger.MaxNameLength);
        builder.Property(t => t.Version).IsConcurrencyToken();
        builder.HasOne<Callback>().WithMany().HasForeignKey(t => t.CallbackId).OnDelete(DeleteBehavior.Restrict);
    }
}
