using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TriggerConsole.Core.Operations.Backups;
using TriggerConsole.Core.Operations.Checks;
using TriggerConsole.Core.Operations.Transfer;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Operations;

internal static class OperationServices
{
    /// <summary>What administrators do with the installation as a whole.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<BackupCommands>(provider, new ArchiveChoice(ArchiveFor(provider))));
        services.TryAddSingleton<DatabaseCheck>();
        services.TryAddSingleton<BrokersCheck>();
        services.TryAddSingleton<TransportCheck>();
        services.TryAddSingleton<InstallationCheck>();
        services.TryAddSingleton<ConfigurationRows>();
        services.TryAddSingleton<ConfigurationExporter>();
        services.TryAddSingleton<ImportPublisher>();
        services.TryAddSingleton<ConfigurationImporter>();
        return services;
    }

    private static IDatabaseArchive? ArchiveFor(IServiceProvider provider) => provider.GetRequiredService<DatabaseTarget>().Provider switch
    {
        DatabaseProvider.Sqlite => ActivatorUtilities.CreateInstance<SqliteArchive>(provider),
        DatabaseProvider.PostgreSql => ActivatorUtilities.CreateInstance<PostgreSqlArchive>(provider),
        _ => null,
    };
}
