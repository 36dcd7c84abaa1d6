using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

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
