using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Operations.Backups;

namespace TriggerConsole.Core.Persistence;

/// <summary>Brings the database up to date. Runs before anything else uses it.</summary>
public sealed partial class DatabaseMigrator(IDbContextFactory<TriggerConsoleDbContext> contexts, DatabaseTarget target, ILogger<DatabaseMigrator> logger)
{
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        // SQLite would let everybody read it; its log gets the mode of the file
        if (target.SqliteFile is { } file) PrivateFile.Ensure(file);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var pending = (await context.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (pending.Count > 0)
        {
            await context.Database.MigrateAsync(cancellationToken);
            LogMigrated(target.Provider, pending.Count, pending[^1]);
        }
        await AuditGuards.EnsureAsync(context, cancellationToken);
    }

    /// <summary>Whether the schema is the one this version works with.</summary>
    public async Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return !(await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
    }

    [LoggerMessage(EventIds.DatabaseMigrated, LogLevel.Information, "Database ({Provider}) brought up to date: {Count} migrations, the last one {Last}.")]
    private partial void LogMigrated(DatabaseProvider provider, int count, string last);
}
