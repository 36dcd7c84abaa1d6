using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>
/// A key that encrypts stored secrets. The newest one encrypts; older ones are there as long as something encrypted by them is. It also holds
/// how far the work has come of encrypting everything anew with it, so that any node can take it up again.
/// </summary>
public sealed class StoredDataKey
{
    public const int MaxIdLength = 8;

    private const string ClearPrefix = "clear.";

    /// <summary>Eight hexadecimal digits, which stand before everything it encrypts.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who asked for it; <c>server</c> for the first one.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The key, wrapped by the master key; <c>clear.</c> and the key itself where there is no master key; null once it is revoked.</summary>
    public string? ProtectedKey { get; set; }

    /// <summary>When everything was encrypted with it; null while that goes on.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>When it was destroyed: nothing it has encrypted can be read any more.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Values found that another key encrypts.</summary>
    public int Total { get; set; }

    /// <summary>Those of them that were encrypted anew.</summary>
    public int Done { get; set; }

    /// <summary>Values that no key opens; they were left as they are.</summary>
    public int Unreadable { get; set; }

    /// <summary>Which process is at it.</summary>
    public Guid? Worker { get; set; }

    /// <summary>When it said so last.</summary>
    public DateTimeOffset? BeatAt { get; set; }

    internal static string Protect(byte[] key, MasterKey? master) => master?.Wrap(key) ?? ClearPrefix + Convert.ToBase64String(key);

    internal static byte[] Open(string stored, Func<string, byte[]> unwrap)
        => stored.StartsWith(ClearPrefix, StringComparison.Ordinal) ? Convert.FromBase64String(stored[ClearPrefix.Length..]) : unwrap(stored);
}

internal sealed class StoredDataKeyConfiguration : IEntityTypeConfiguration<StoredDataKey>
{
    public void Configure(EntityTypeBuilder<StoredDataKey> builder)
    {
        builder.ToTable("data_keys");
        builder.Property(k => k.Id).HasMaxLength(StoredDataKey.MaxIdLength);
        builder.Property(k => k.CreatedBy).HasMaxLength(256);
        builder.Property(k => k.ProtectedKey).HasMaxLength(200);
    }
}
