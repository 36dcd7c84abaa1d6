using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace TriggerConsole.Core.Audit;

/// <summary>One line of the audit log: who did what to what, when, from where, and what it was before and after. Never changed once it is written.</summary>
public sealed class AuditEntry
{
    public const int MaxActorLength = 256;
    public const int MaxAddressLength = 64;
    public const int MaxWordLength = 100;
    public const int MaxIdLength = 200;
    public const int MaxNameLength = 300;
    public const int MaxDetailLength = 1000;

    /// <summary>From 1, without gaps.</summary>
    public long Sequence { get; internal set; }

    public required DateTimeOffset At { get; init; }

    public required AuditActorKind ActorKind { get; init; }

    public string? ActorId { get; init; }

    public required string ActorName { get; init; }

    public string? Address { get; init; }

    /// <summary><c>callback.change</c>.</summary>
    public required string Action { get; init; }

    public required AuditOutcome Outcome { get; init; }

    /// <summary>Empty when it was done to nothing in particular.</summary>
    public required string SubjectKind { get; init; }

    public string? SubjectId { get; init; }

    public string? SubjectName { get; init; }

    /// <summary>JSON object of field and value as they were: the changed ones, or all when it was deleted. Secrets are masked.</summary>
    public string? Before { get; init; }

    /// <summary>JSON object of field and value as they are since: the changed ones, or all when it was made. Secrets are masked.</summary>
    public string? After { get; init; }

    public string? Detail { get; init; }

    /// <summary>How many times the same happened, for refusals that were counted together; else 1.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The node that wrote it.</summary>
    public required string Node { get; init; }

    /// <summary>Which key seals it.</summary>
    public string KeyId { get; internal set; } = "";

    /// <summary><see cref="Hash"/> of the entry before; zeros for the first.</summary>
    public byte[] PreviousHash { get; internal set; } = [];

    /// <summary>HMAC-SHA256 over everything above (<see cref="AuditSeal"/>).</summary>
    public byte[] Hash { get; internal set; } = [];
}

/// <summary>Where the chain ends, in one row: whoever appends locks it, so that there is one chain however many write.</summary>
public sealed class AuditHead
{
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    /// <summary>Of the last entry; 0 before the first.</summary>
    public required long Sequence { get; init; }

    /// <summary>Of the last entry; zeros before the first.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Entries before this one were given up by retention.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>The key in <see cref="ProtectedKey"/>.</summary>
    public required string KeyId { get; init; }

    /// <summary>The installation's own key, encrypted by Data Protection.</summary>
    public required string ProtectedKey { get; init; }

    /// <summary>Which key made <see cref="Seal"/>.</summary>
    public required string SealKeyId { get; init; }

    /// <summary>HMAC-SHA256 over sequence, hash and first sequence.</summary>
    public required byte[] Seal { get; init; }
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>, IEntityTypeConfiguration<AuditHead>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        // AuditGuards makes them; told here because SQL Server must not use OUTPUT on tables with triggers
        builder.ToTable("audit_entries", table => table.HasTrigger(AuditGuards.OfEntries));
        builder.HasKey(e => e.Sequence);
        builder.Property(e => e.Sequence).ValueGeneratedNever();
        builder.Property(e => e.ActorKind).HasConversion(new Word<AuditActorKind>()).HasMaxLength(20);
        builder.Property(e => e.ActorId).HasMaxLength(AuditEntry.MaxIdLength);
        builder.Property(e => e.ActorName).HasMaxLength(AuditEntry.MaxActorLength);
        builder.Property(e => e.Address).HasMaxLength(AuditEntry.MaxAddressLength);
        builder.Property(e => e.Action).HasMaxLength(AuditEntry.MaxWordLength);
        builder.Property(e => e.Outcome).HasConversion(new Word<AuditOutcome>()).HasMaxLength(20);
        builder.Property(e => e.SubjectKind).HasMaxLength(AuditEntry.MaxWordLength);
        builder.Property(e => e.SubjectId).HasMaxLength(AuditEntry.MaxIdLength);
        builder.Property(e => e.SubjectName).HasMaxLength(AuditEntry.MaxNameLength);
        builder.Property(e => e.Detail).HasMaxLength(AuditEntry.MaxDetailLength);
        builder.Property(e => e.Node).HasMaxLength(AuditEntry.MaxWordLength);
        builder.Property(e => e.KeyId).HasMaxLength(16);
        builder.Property(e => e.PreviousHash).HasMaxLength(32);
        builder.Property(e => e.Hash).HasMaxLength(32);
        builder.HasIndex(e => e.At); // lists from … to, and retention
        builder.HasIndex(e => new { e.SubjectKind, e.SubjectId, e.Sequence }); // the history of one object
        builder.HasIndex(e => new { e.Action, e.Sequence });
        builder.HasIndex(e => new { e.Address, e.Sequence });
    }

    public void Configure(EntityTypeBuilder<AuditHead> builder)
    {
        builder.ToTable("audit_head", table => table.HasTrigger(AuditGuards.OfHead));
        builder.Property(h => h.Id).ValueGeneratedNever();
        builder.Property(h => h.Hash).HasMaxLength(32);
        builder.Property(h => h.KeyId).HasMaxLength(16);
        builder.Property(h => h.SealKeyId).HasMaxLength(16);
        builder.Property(h => h.Seal).HasMaxLength(32);
    }

    /// <summary>A word that someone put in its place is read as none of ours: the check must find it, not fail at it.</summary>
    private sealed class Word<T>() : ValueConverter<T, string>(value => value.ToString(), text => Read(text)) where T : struct, Enum
    {
        private static T Read(string text) => Enum.TryParse<T>(text, out var value) && value.ToString() == text ? value : (T)Enum.ToObject(typeof(T), -1);
    }
}
