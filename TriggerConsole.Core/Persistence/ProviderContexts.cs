using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using TriggerConsole.Core.Nodes;

namespace TriggerConsole.Core.Persistence;

/// <summary>SQLite: ids as 16 bytes in network order (they sort by time), times as microseconds since 1970.</summary>
public sealed class SqliteTriggerConsoleDbContext(DbContextOptions<SqliteTriggerConsoleDbContext> options) : TriggerConsoleDbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Guid>().HaveConversion<BigEndianGuidConverter>();
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMicrosecondsConverter>();
    }
}

/// <summary>PostgreSQL: <c>uuid</c>, <c>timestamptz</c>, <c>bytea</c>.</summary>
public sealed class PostgreSqlTriggerConsoleDbContext(DbContextOptions<PostgreSqlTriggerConsoleDbContext> options) : TriggerConsoleDbContext(options)
{
    /// <summary>Tells other nodes what is changed; null tells no one.</summary>
    internal ConfigurationAnnouncer? Announcer { get; init; }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        if (Announcer is not { } announcer || ConfigurationAnnouncer.In(ChangeTracker) is not { Count: > 0 } changes) return base.SaveChanges(acceptAllChangesOnSuccess);
        using var transaction = Database.CurrentTransaction is null ? Database.BeginTransaction() : null;
        var saved = base.SaveChanges(acceptAllChangesOnSuccess);
        announcer.Announce(this, changes);
        transaction?.Commit();
        return saved;
    }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (Announcer is not { } announcer || ConfigurationAnnouncer.In(ChangeTracker) is not { Count: > 0 } changes) return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        await using var transaction = Database.CurrentTransaction is null ? await Database.BeginTransactionAsync(cancellationToken) : null;
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        await announcer.AnnounceAsync(this, changes, cancellationToken);
        if (transaction is not null) await transaction.CommitAsync(cancellationToken);
        return saved;
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
        => configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();
}

/// <summary>SQL Server: ids as <c>binary(16)</c> in network order, because its <c>uniqueidentifier</c> does not sort by time.</summary>
public sealed class SqlServerTriggerConsoleDbContext(DbContextOptions<SqlServerTriggerConsoleDbContext> options) : TriggerConsoleDbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Guid>().HaveConversion<BigEndianGuidConverter>().HaveColumnType("binary(16)");
        configurationBuilder.Properties<DateTimeOffset>().HaveColumnType("datetimeoffset(6)");
    }
}

internal sealed class BigEndianGuidConverter() : ValueConverter<Guid, byte[]>(id => id.ToByteArray(true), bytes => new Guid(bytes, true));

internal sealed class UnixMicrosecondsConverter() : ValueConverter<DateTimeOffset, long>(time => time.ToUnixMicroseconds(), value => Clock.FromUnixMicroseconds(value));

internal sealed class UtcConverter() : ValueConverter<DateTimeOffset, DateTimeOffset>(time => time.ToUniversalTime(), time => time.ToUniversalTime());
