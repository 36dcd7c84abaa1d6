using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TriggerConsole.Core.Operations.Backups;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Operations;

internal static class OperationServices
{
    /// <summary>What administrators do with the installation as a whole.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new BackupCommands(provider.GetRequiredService<DatabaseTarget>(), ArchiveFor(provider), provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    private static IDatabaseArchive? ArchiveFor(IServiceProvider provider) => provider.GetRequiredService<DatabaseTarget>().Provider switch
    {
        DatabaseProvider.Sqlite => ActivatorUtilities.CreateInstance<SqliteArchive>(provider),
        DatabaseProvider.PostgreSql => ActivatorUtilities.CreateInstance<PostgreSqlArchive>(provider),
        _ => null,
    };
}
