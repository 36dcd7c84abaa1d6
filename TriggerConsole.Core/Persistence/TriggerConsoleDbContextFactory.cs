using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Core.Persistence;

/// <summary>Makes contexts for the database in use. One short context per operation; contexts are cheap, options are built once.</summary>
internal sealed class TriggerConsoleDbContextFactory : IDbContextFactory<TriggerConsoleDbContext>
{
    private readonly Func<TriggerConsoleDbContext> _create;

    public TriggerConsoleDbContextFactory(DatabaseTarget target, SqliteWriteGate gate, ConfigurationAnnouncer announcer, AuditLedger audit)
    {
        _create = target.Provider switch
        {
            DatabaseProvider.Sqlite => CreateSqlite(target.ConnectionString, gate, audit),
            DatabaseProvider.PostgreSql => CreatePostgreSql(target.ConnectionString, announcer, audit),
            DatabaseProvider.SqlServer => CreateSqlServer(target.ConnectionString, audit),
            _ => throw new InvalidOperationException($"Database:Provider {target.Provider} is unknown."),
        };
    }

    public TriggerConsoleDbContext CreateDbContext() => _create();

    private static Func<TriggerConsoleDbContext> CreateSqlite(string connectionString, SqliteWriteGate gate, AuditLedger audit)
    {
        var options = new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>()
            .UseSqlite(connectionString).AddInterceptors(new SqliteConnectionSetup()).Options;
        return () => new SqliteTriggerConsoleDbContext(options) { Gate = gate, Audit = audit };
    }

    private static Func<TriggerConsoleDbContext> CreatePostgreSql(string connectionString, ConfigurationAnnouncer announcer, AuditLedger audit)
    {
        var options = new DbContextOptionsBuilder<PostgreSqlTriggerConsoleDbContext>().UseNpgsql(connectionString).Options;
        return () => new PostgreSqlTriggerConsoleDbContext(options) { Announcer = announcer, Audit = audit };
    }

    private static Func<TriggerConsoleDbContext> CreateSqlServer(string connectionString, AuditLedger audit)
    {
        var options = new DbContextOptionsBuilder<SqlServerTriggerConsoleDbContext>().UseSqlServer(connectionString).Options;
        return () => new SqlServerTriggerConsoleDbContext(options) { Audit = audit };
    }
}
