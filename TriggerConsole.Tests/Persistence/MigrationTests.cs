using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using TriggerConsole.Core.Persistence;
using Xunit;

namespace TriggerConsole.Tests.Persistence;

/// <summary>The migrations of each database; none of these needs a server.</summary>
public sealed class MigrationTests
{
    public static TheoryData<DatabaseProvider> Providers => [.. Enum.GetValues<DatabaseProvider>()];

    [Theory]
    [MemberData(nameof(Providers))]
    public void Model_BesideItsMigrations_HasNoPendingChanges(DatabaseProvider provider)
    {
        using var context = Create(provider);

        Assert.NotEmpty(context.Database.GetMigrations());
        Assert.False(context.Database.HasPendingModelChanges(), $"The model has changed since the last migration: dotnet ef migrations add NAME --context {provider}TriggerConsoleDbContext");
    }

    [Fact]
    public void Script_ForSqlServer_MakesEachTableAndMayRunTwice()
    {
        using var context = Create(DatabaseProvider.SqlServer);
        var tables = context.Model.GetEntityTypes().Select(e => e.GetTableName()).OfType<string>().Distinct().ToList();

        var script = context.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);

        Assert.True(tables.Count > 5);
        Assert.All(tables, table => Assert.Contains($"CREATE TABLE [{table}]", script, StringComparison.Ordinal));
        // Each step asks whether it was done before, and the last one says that it was
        Assert.All(context.Database.GetMigrations(), migration =>
        {
            Assert.Contains($"WHERE [MigrationId] = N'{migration}'", script, StringComparison.Ordinal);
            Assert.Contains($"VALUES (N'{migration}'", script, StringComparison.Ordinal);
        });
        var steps = script.Split("\nGO", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(step => step.Contains("CREATE TABLE [", StringComparison.Ordinal));
        Assert.All(steps, step => Assert.StartsWith("IF ", step.Replace("BEGIN TRANSACTION;", "", StringComparison.Ordinal).TrimStart(), StringComparison.Ordinal));
    }

    private static TriggerConsoleDbContext Create(DatabaseProvider provider) => provider switch
    {
        DatabaseProvider.Sqlite => new SqliteTriggerConsoleDbContext(new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite("Data Source=:memory:").Options),
        DatabaseProvider.PostgreSql => new PostgreSqlTriggerConsoleDbContext(new DbContextOptionsBuilder<PostgreSqlTriggerConsoleDbContext>().UseNpgsql("Host=nowhere").Options),
        DatabaseProvider.SqlServer => new SqlServerTriggerConsoleDbContext(new DbContextOptionsBuilder<SqlServerTriggerConsoleDbContext>().UseSqlServer("Server=nowhere").Options),
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "Add how its context is made."),
    };
}
