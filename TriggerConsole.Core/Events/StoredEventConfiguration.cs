using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Events;

internal sealed class StoredEventConfiguration : IEntityTypeConfiguration<StoredEvent>
{
    public void Configure(EntityTypeBuilder<StoredEvent> builder)
    {
        builder.ToTable("events");
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.Origin).HasConversion<string>().HasMaxLength(20);
        builder.Property(e => e.Method).HasMaxLength(StoredEvent.MaxMethodLength);
        builder.Property(e => e.Path).HasMaxLength(StoredEvent.MaxPathLength);
        builder.Property(e => e.ContentType).HasMaxLength(StoredEvent.MaxContentTypeLength);
        builder.Property(e => e.EventType).HasMaxLength(StoredEvent.MaxEventTypeLength);
        builder.Property(e => e.RemoteAddress).HasMaxLength(64);
        builder.Property(e => e.Actor).HasMaxLength(256);
        // Newest events of one callback; ids sort by time
        builder.HasIndex(e => new { e.CallbackId, e.Id });
    }
}
