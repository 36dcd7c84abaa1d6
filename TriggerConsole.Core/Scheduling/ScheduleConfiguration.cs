using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Scheduling;

internal sealed class ScheduleConfiguration : IEntityTypeConfiguration<Schedule>
{
    public void Configure(EntityTypeBuilder<Schedule> builder)
    {
        builder.ToTable("schedules");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Name).HasMaxLength(Schedule.MaxNameLength);
        builder.Property(s => s.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(s => s.Cron).HasMaxLength(Schedule.MaxCronLength);
        builder.Property(s => s.TimeZone).HasMaxLength(Schedule.MaxTimeZoneLength);
        builder.Property(s => s.ContentType).HasMaxLength(Schedule.MaxContentTypeLength);
        builder.Property(s => s.Misfire).HasConversion<string>().HasMaxLength(20);
        builder.Property(s => s.Overlap).HasConversion<string>().HasMaxLength(20);
        builder.Property(s => s.CreatedBy).HasMaxLength(256);
        builder.Property(s => s.Version).IsConcurrencyToken();
        builder.HasOne<Callback>().WithMany().HasForeignKey(s => s.CallbackId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Trigger>().WithMany().HasForeignKey(s => s.TriggerId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ScheduleRunConfiguration : IEntityTypeConfiguration<ScheduleRun>
{
    public void Configure(EntityTypeBuilder<ScheduleRun> builder)
    {
        builder.ToTable("schedule_runs");
        // The key is the promise that a tick fires once
        builder.HasKey(r => new { r.ScheduleId, r.DueAt });
        builder.Property(r => r.Outcome).HasConversion<string>().HasMaxLength(20);
        builder.Property(r => r.Detail).HasMaxLength(ScheduleRun.MaxDetailLength);
        builder.Property(r => r.Actor).HasMaxLength(256);
        // Which schedule made this event
        builder.HasIndex(r => r.EventId, "ix_schedule_runs_event").HasFilter("event_id IS NOT NULL");
        // Old ones are deleted
        builder.HasIndex(r => r.DueAt);
    }
}
