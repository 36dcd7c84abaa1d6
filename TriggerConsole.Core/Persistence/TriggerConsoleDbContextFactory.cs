using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Core.Persistence;

/// <summary>Makes contexts for the database in use. One short context per operation; contexts are cheap, options are built once.</summary>
internal sealed class TriggerConsoleDbContextFactory : IDbContextFactory<TriggerConsoleDbContext>
{
    private readonly Func<TriggerConsoleDbContext> _create;

    public TriggerConsoleDbContextFactory(DatabaseTarget target, SqliteWriteGate gate, ConfigurationAnnouncer announcer)
    {
        _create = target.Provider switch
        {
            DatabaseProvider.Sqlite => CreateSqlite(target.ConnectionString, gate),
            DatabaseProvider.PostgreSql => CreatePostgreSql(target.ConnectionString, announcer),
            DatabaseProvider.SqlServer => CreateSqlServer(target.ConnectionString),
            _ => throw new InvalidOperationException($"Database:Provider {target.Provider} is unknown."),
        };
    }

    public TriggerConsoleDbContext CreateDbContext() => _create();

    private static Func<TriggerConsoleDbContext> CreateSqlite(string connectionString, SqliteWriteGate gate)
    {
        var options = new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>()
            .UseSqlite(connectionString).AddInterceptors(new SqliteConnectionSetup(), new SqliteWriteTurns(gate)).Options;
        return () => new SqliteTriggerConsoleDbContext(options);
    }

    private static Func<TriggerConsoleDbContext> CreatePostgreSql(string connectionString, ConfigurationAnnouncer announcer)
    {
        var options = new DbContextOptionsBuilder<PostgreSqlTriggerConsoleDbContext>().UseNpgsql(connectionString).Options;
        return () => new PostgreSqlTriggerConsoleDbContext(options) { Announcer = announcer };
    }

    private static Func<TriggerConsoleDbContext> CreateSqlServer(string connectionString)
    {
        var options = new DbContextOptionsBuilder<SqlServerTriggerConsoleDbContext>().UseSqlServer(connectionString).Options;
        return () => new SqlServerTriggerConsoleDbContext(options);
    }
}
