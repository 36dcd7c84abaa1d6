using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Conformance;

public sealed class SqliteExecutionStoreTests : ExecutionStoreConformance
{
    private protected override Task<(TestDatabase Database, IExecutionStore Store)> CreateAsync()
    {
        var database = TestDatabase.Sqlite();
        return Task.FromResult((database, database.SqliteStore()));
    }
}

public sealed class EfExecutionStoreOnSqliteTests : ExecutionStoreConformance
{
    private protected override Task<(TestDatabase Database, IExecutionStore Store)> CreateAsync()
    {
        var database = TestDatabase.Sqlite();
        return Task.FromResult((database, database.EfStore()));
    }
}

[Collection(nameof(PostgreSqlServer))]
public sealed class PostgreSqlExecutionStoreTests(PostgreSqlServer server) : ExecutionStoreConformance
{
    private protected override async Task<(TestDatabase Database, IExecutionStore Store)> CreateAsync()
    {
        var database = await TestDatabase.PostgreSqlAsync(server);
        return (database, database.PostgreSqlStore());
    }
}

[Collection(nameof(PostgreSqlServer))]
public sealed class EfExecutionStoreOnPostgreSqlTests(PostgreSqlServer server) : ExecutionStoreConformance
{
    private protected override async Task<(TestDatabase Database, IExecutionStore Store)> CreateAsync()
    {
        var database = await TestDatabase.PostgreSqlAsync(server);
        return (database, database.EfStore());
    }
}
