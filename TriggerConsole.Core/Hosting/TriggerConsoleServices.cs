using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Executions.Stores;
using TriggerConsole.Core.Executions.Transport;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Limits;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Operations;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Statistics;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Hosting;

/// <summary>The table of contents: what Core is made of.</summary>
public static class TriggerConsoleServices
{
    public static IServiceCollection AddTriggerConsole(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddPersistence().AddAudit().AddSecrets().AddMail().AddPeople().AddTriggers().AddHttpTriggers().AddMqttTriggers().AddAmqpTriggers().AddNodes().AddExecutionEngine().AddCallbacks().AddSchedules().AddHistory().AddJobs().AddOperations().AddLimits();
    }

    private static IServiceCollection AddPersistence(this IServiceCollection services)
    {
        services.AddOptions<DatabaseOptions>().BindConfiguration(DatabaseOptions.SectionName);
        services.TryAddSingleton<DatabaseTarget>();
        services.TryAddSingleton<SqliteFileLock>();
        services.TryAddSingleton<SqliteWriteGate>();
        services.TryAddSingleton<ConfigurationAnnouncer>();
        services.TryAddSingleton<IDbContextFactory<TriggerConsoleDbContext>, TriggerConsoleDbContextFactory>();
        services.TryAddScoped(provider => provider.GetRequiredService<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContext()); // for ASP.NET Core Identity
        services.TryAddSingleton<DatabaseMigrator>();
        services.TryAddSingleton<SettingStore>();
        services.TryAddSingleton<DatabaseSize>();
        return services;
    }

    private static IServiceCollection AddSecrets(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("TriggerConsole");
        services.AddOptions<KeyManagementOptions>().Configure<IDbContextFactory<TriggerConsoleDbContext>>(
            (options, contexts) => options.XmlRepository = new DataProtectionKeyRepository(contexts));
        services.AddOptions<KeyManagementOptions>().Configure<MasterKeys>((options, keys) => options.XmlEncryptor = new MasterKeyXmlEncryptor(keys));
        services.AddOptionsWithValidateOnStart<SecretsOptions, SecretsOptionsValidator>().BindConfiguration(SecretsOptions.SectionName);
        services.TryAddSingleton<WrappedKeys>();
        services.TryAddSingleton<MasterKeys>();
        services.TryAddSingleton<KeyPreparation>();
        services.TryAddSingleton<DataKeyRing>();
        services.TryAddSingleton<DataKeyRotation>();
        services.TryAddSingleton(provider => new SecretProtector(provider.GetRequiredService<IDataProtectionProvider>(), provider.GetRequiredService<DataKeyRing>()));
        services.TryAddSingleton<SecretKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<SecretKeeper>());
        services.TryAddSingleton<SecretStore>();
        services.TryAddSingleton<ISecretValues>(provider => provider.GetRequiredService<SecretStore>());
        services.TryAddSingleton<SecretUses>();
        services.TryAddSingleton<ApiKeys>();
        services.AddOptionsWithValidateOnStart<TokenOptions, TokenOptionsValidator>().BindConfiguration(TokenOptions.SectionName);
        services.TryAddSingleton<SigningKeys>();
        services.TryAddSingleton<AccessTokens>();
        return services;
    }

    private static IServiceCollection AddTriggers(this IServiceCollection services)
    {
        services.AddOptions<TemplateOptions>().BindConfiguration(TemplateOptions.SectionName);
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<TemplateOptions>>().Value.ReadEnvironment());
        services.TryAddSingleton<TemplateRules>();
        services.TryAddSingleton<TriggerDirectory>();
        services.TryAddSingleton<TriggerKinds>();
        services.TryAddSingleton<TriggerLoader>();
        services.TryAddSingleton<TriggerValidator>();
        services.TryAddSingleton<TriggerCommands>();
        services.TryAddSingleton<TriggerQueries>();
        return services;
    }

    private static IServiceCollection AddNodes(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<NodeOptions, NodeOptionsValidator>().BindConfiguration(NodeOptions.SectionName);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NodeOptions>, NodeOptionsRules>());
        services.TryAddSingleton<NodeDirectory>();
        services.TryAddSingleton<NodeLease>();
        services.TryAddSingleton<NodePlacement>();
        services.TryAddSingleton<INodeStore>(provider => provider.GetRequiredService<DatabaseTarget>() is { Provider: DatabaseProvider.PostgreSql } target
            ? new PostgreSqlNodeStore(target.ConnectionString)
            : ActivatorUtilities.CreateInstance<SingleNodeStore>(provider));
        services.TryAddSingleton<INodeMessages>(provider => provider.GetRequiredService<DatabaseTarget>() is { Provider: DatabaseProvider.PostgreSql } target
            ? new PostgreSqlNodeMessages(target.ConnectionString, provider.GetRequiredService<ILogger<PostgreSqlNodeMessages>>())
            : new NoNodeMessages());
        services.TryAddSingleton<WorkSignals>();
        services.TryAddSingleton<NodeBrokers>();
        services.TryAddSingleton<NodeRequests>();
        services.TryAddSingleton<FeedRelay>();
        services.TryAddSingleton<NodeKeeper>();
        services.TryAddSingleton<ConfigurationReloader>();
        return services.AddReloadableConfiguration();
    }

    private static IServiceCollection AddExecutionEngine(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<ExecutionOptions, ExecutionOptionsValidator>().BindConfiguration(ExecutionOptions.SectionName);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ExecutionOptions>, TransportOptionsRules>());
        services.TryAddSingleton<TransportGate>();
        services.TryAddSingleton<TransportConnection>();
        services.TryAddSingleton<RabbitMqTransport>();
        services.TryAddSingleton<TransportFeeder>();
        // Made only when it is configured
        services.TryAddSingleton(provider => new Lazy<(RabbitMqTransport, TransportFeeder)>(() => (provider.GetRequiredService<RabbitMqTransport>(), provider.GetRequiredService<TransportFeeder>())));
        services.TryAddSingleton<TransportRunner>();
        services.TryAddSingleton<EngineMetrics>();
        services.TryAddSingleton<ExecutionNode>();
        services.TryAddSingleton(CreateStore);
        services.TryAddSingleton<ExecutionJournal>();
        services.TryAddSingleton<ExecutionWaiters>();
        services.TryAddSingleton<ExecutionFeed>();
        services.TryAddSingleton<AttemptMaker>();
        services.TryAddSingleton<ExecutionRunner>();
        services.TryAddSingleton<Dispatcher>();
        services.TryAddSingleton<ExecutionAcceptor>();
        services.TryAddSingleton<ExecutionEngine>();
        services.TryAddSingleton<ExecutionViews>();
        services.TryAddSingleton<ExecutionQueries>();
        services.TryAddSingleton<DeadLetterQueries>();
        services.TryAddSingleton<ExecutionCommands>();
        services.TryAddSingleton<TriggerExecutor>();
        services.TryAddSingleton<TriggerTester>();
        services.TryAddSingleton<ReplayCommands>();
        services.TryAddSingleton<BulkRunner>();
        services.TryAddSingleton<BulkReplays>();
        services.TryAddSingleton<BulkRetries>();
        services.TryAddSingleton<StatisticQueries>();
        services.AddHostedService<StartUp>();
        return services;
    }

    private static IServiceCollection AddCallbacks(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<IngressOptions, IngressOptionsValidator>().BindConfiguration(IngressOptions.SectionName);
        services.TryAddSingleton<CallbackDirectory>();
        services.TryAddSingleton<CallbackGuards>();
        services.TryAddSingleton<RejectionLog>();
        services.TryAddSingleton<CallbackIngress>();
        services.TryAddSingleton<CallbackSender>();
        services.TryAddSingleton<CallbackCommands>();
        services.TryAddSingleton<CallbackQueries>();
        services.TryAddSingleton<EventQueries>();
        return services;
    }

    private static IServiceCollection AddHistory(this IServiceCollection services)
    {
        services.TryAddSingleton<RetentionCommands>();
        services.TryAddSingleton<HistoryQueries>();
        services.TryAddSingleton<HistoryCleaner>();
        services.AddHostedService(provider => provider.GetRequiredService<HistoryCleaner>());
        return services;
    }

    private static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ExecutionOptions>, ExecutionWorkersRules>();
        services.TryAddSingleton<NodeHealths>();
        services.TryAddSingleton<QueueSettings>();
        services.AddSingleton<IReloadable>(provider => provider.GetRequiredService<QueueSettings>());
        services.TryAddSingleton<FinishedSums>();
        services.TryAddSingleton<JobCounters>();
        services.TryAddSingleton<JobViews>();
        services.TryAddSingleton<JobSearch>();
        services.TryAddSingleton<JobQueries>();
        services.TryAddSingleton<JobCommands>();
        services.TryAddSingleton<JobDetailQueries>();
        services.TryAddSingleton<FinishedSeries>();
        services.TryAddSingleton<RealtimeRates>();
        services.TryAddSingleton<ServerQueries>();
        services.TryAddSingleton<StuckWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<StuckWatch>());
        return services;
    }

    private static IExecutionStore CreateStore(IServiceProvider provider)
    {
        var target = provider.GetRequiredService<DatabaseTarget>();
        return target.Provider switch
        {
            DatabaseProvider.Sqlite => new SqliteExecutionStore(target.ConnectionString, provider.GetRequiredService<SqliteWriteGate>(), provider.GetRequiredService<ILogger<SqliteExecutionStore>>()),
            DatabaseProvider.PostgreSql => new PostgreSqlExecutionStore(target.ConnectionString),
            _ => new EfExecutionStore(provider.GetRequiredService<IDbContextFactory<TriggerConsoleDbContext>>()),
        };
    }
}
