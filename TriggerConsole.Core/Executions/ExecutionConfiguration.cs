using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Executions;

/// <remarks>
/// No foreign keys between the history tables: they are written together in one transaction and deleted together by the
/// history cleaner, and checking would be paid on every webhook. Ids sort by time and are the last column of each index.
/// </remarks>
internal sealed class ExecutionConfiguration : IEntityTypeConfiguration<Execution>
{
    public void Configure(EntityTypeBuilder<Execution> builder)
    {
        builder.ToTable("executions");
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(e => e.Status).HasConversion<string>().HasMaxLength(20);
        builder.Property(e => e.LastFailure).HasConversion<string>().HasMaxLength(20);
        builder.Property(e => e.Target).HasMaxLength(Execution.MaxTargetLength);
        builder.Property(e => e.LastCode).HasMaxLength(Execution.MaxCodeLength);
        builder.Property(e => e.LastDetail).HasMaxLength(Execution.MaxDetailLength);

        // The claim query: what waits in the table for one trigger, highest priority first. What a node holds in memory or
        // has finished is not in it, so in calm times it is empty and costs nothing.
        builder.HasIndex(e => new { e.TriggerId, e.Priority, e.DueAt, e.Id }, "ix_executions_waiting")
            .HasFilter("owner_id IS NULL AND finished_at IS NULL");
        // What a node holds in memory: recovery at start, release at stop, and its part of the lists. Small, whatever is stored.
        builder.HasIndex(e => new { e.Status, e.TriggerId, e.Id }, "ix_executions_owned").HasFilter("owner_id IS NOT NULL");
        // Lists and counts of everything but the successes, which are nearly all rows and need no index of their own
        builder.HasIndex(e => new { e.Status, e.Id }, "ix_executions_unsuccessful").HasFilter("status <> 'Succeeded' AND owner_id IS NULL");
        builder.HasIndex(e => new { e.TriggerId, e.Status, e.Id }, "ix_executions_unsuccessful_trigger").HasFilter("status <> 'Succeeded' AND owner_id IS NULL");
        // What waits, by whether and when it is due, and its queue: counters and lists of the Jobs pages. Like the first one, empty in calm times
        builder.HasIndex(e => new { e.Status, e.DueAt, e.Id, e.Kind, e.Priority }, "ix_executions_due").HasFilter("owner_id IS NULL AND finished_at IS NULL");
        // Dead letters by trigger and cause: their groups are read from the index alone, and so is one group, newest first
        builder.HasIndex(e => new { e.TriggerId, e.LastCode, e.IsTest, e.Id, e.CreatedAt }, "ix_executions_dead").HasFilter("status = 'DeadLettered'");
        // Executions of one trigger, newest first
        builder.HasIndex(e => new { e.TriggerId, e.Id }, "ix_executions_trigger");
        // What a dead letter was replayed as
        builder.HasIndex(e => e.ReplayOf, "ix_executions_replays").HasFilter("replay_of IS NOT NULL");
        // Executions of one event
        builder.HasIndex(e => e.EventId, "ix_executions_event");
    }
}

internal sealed class AttemptConfiguration : IEntityTypeConfiguration<Attempt>
{
    public void Configure(EntityTypeBuilder<Attempt> builder)
    {
        builder.ToTable("attempts");
        builder.HasKey(a => new { a.ExecutionId, a.Number });
        builder.Property(a => a.Failure).HasConversion<string>().HasMaxLength(20);
        builder.Property(a => a.Code).HasMaxLength(Execution.MaxCodeLength);
        builder.Property(a => a.Detail).HasMaxLength(Execution.MaxDetailLength);
    }
}

internal sealed class ExecutionActionConfiguration : IEntityTypeConfiguration<ExecutionAction>
{
    public void Configure(EntityTypeBuilder<ExecutionAction> builder)
    {
        builder.ToTable("execution_actions");
        builder.HasKey(a => new { a.ExecutionId, a.At, a.Kind });
        builder.Property(a => a.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(a => a.Actor).HasMaxLength(256);
        builder.Property(a => a.Detail).HasMaxLength(ExecutionAction.MaxDetailLength);
    }
}

internal sealed class ExecutionStatisticConfiguration : IEntityTypeConfiguration<ExecutionStatistic>
{
    public void Configure(EntityTypeBuilder<ExecutionStatistic> builder)
    {
        builder.ToTable("execution_statistics");
        builder.HasKey(s => new { s.Minute, s.TriggerId });
    }
}

internal sealed class IdempotencyKeyConfiguration : IEntityTypeConfiguration<IdempotencyKey>
{
    public void Configure(EntityTypeBuilder<IdempotencyKey> builder)
    {
        builder.ToTable("idempotency_keys");
        builder.HasKey(k => new { k.Scope, k.Key });
        builder.Property(k => k.Key).HasMaxLength(IdempotencyKey.MaxKeyLength);
        builder.Property(k => k.Fingerprint).HasMaxLength(32);
        // Expired ones are deleted
        builder.HasIndex(k => k.ExpiresAt);
    }
}
