using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace TriggerConsole.Core.Persistence;

// Used by "dotnet ef migrations add NAME --context XTriggerConsoleDbContext -o Persistence/Migrations/X" alone; nothing connects.

internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteTriggerConsoleDbContext>
{
    public SqliteTriggerConsoleDbContext CreateDbContext(string[] args)
        => new(new DbContextOptionsBuilder<SqliteTriggerConsoleDbContext>().UseSqlite("Data Source=:memory:").Options);
}

internal sealed class PostgreSqlDesignTimeFactory : IDesignTimeDbContextFactory<PostgreSqlTriggerConsoleDbContext>
{
    public PostgreSqlTriggerConsoleDbContext CreateDbContext(string[] args)
        => new(new DbContextOptionsBuilder<PostgreSqlTriggerConsoleDbContext>().UseNpgsql("Host=localhost").Options);
}

internal sealed class SqlServerDesignTimeFactory : IDesignTimeDbContextFactory<SqlServerTriggerConsoleDbContext>
{
    public SqlServerTriggerConsoleDbContext CreateDbContext(string[] args)
        => new(new DbContextOptionsBuilder<SqlServerTriggerConsoleDbContext>().UseSqlServer("Server=localhost").Options);
}
