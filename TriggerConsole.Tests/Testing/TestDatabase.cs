using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Stores;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Tests.Testing;

/// <summary>A fresh, migrated database of one provider, with the stores that work on it.</summary>
internal sealed class TestDatabase : IDbContextFactory<TriggerConsoleDbContext>, IDisposable
{
    private readonly Func<TriggerConsoleDbContext> _create;
    private readonly string? _folder;

    private TestDatabase(string connectionString, Func<TriggerConsoleDbContext> create, string? folder) => (ConnectionString, _create, _folder) = (connectionString, create, folder);

    public string ConnectionString { get; }

    public SqliteWriteGate Gate { get; } = new();

    public static TestDatabase Sqlite()
    {
        var folder = Directory.CreateTempSubdirectory("tc-test-").FullName;
        MigratedFile.CopyTo(folder, "test.db");
        var connectionString = $"Data Source={folder}/test.db;Pooling=False";
        var options = new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite(connectionString).AddInterceptors(new SqliteConnectionSetup()).Options;
        return new(connectionString, () => new SqliteTriggerConsoleDbContext(options), folder);
    }

    public static async Task<TestDatabase> PostgreSqlAsync(PostgreSqlServer server)
    {
        var connectionString = await server.CreateMigratedDatabaseAsync();
        var options = new DbContextOptionsBuilder<PostgreSqlTriggerConsoleDbContext>().UseNpgsql(connectionString).Options;
        return new(connectionString, () => new PostgreSqlTriggerConsoleDbContext(options), null);
    }

    public TriggerConsoleDbContext CreateDbContext() => _create();

    public IExecutionStore SqliteStore() => new SqliteExecutionStore(ConnectionString, Gate, NullLogger<SqliteExecutionStore>.Instance);

    public IExecutionStore PostgreSqlStore() => new PostgreSqlExecutionStore(ConnectionString);

    public IExecutionStore EfStore() => new EfExecutionStore(this);

    public void Dispose()
    {
        Gate.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }
}
