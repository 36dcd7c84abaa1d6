using Microsoft.Data.SqlClient;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Core.Scheduling.Engine;

/// <summary>How Quartz is set up: its tables beside ours in the same database, clustered where several nodes can share it.</summary>
internal static class QuartzSetup
{
    public const string TablePrefix = "qrtz_";

    /// <summary>As many are fired side by side.</summary>
    private const int MostAtOnce = 100;

    /// <summary>
    /// As many as are due in the same moment are taken in one transaction. On SQLite the journal waits meanwhile, about half a
    /// millisecond for each: fewer at once keep that wait short, and cost a sync more.
    /// </summary>
    private static int MostInATransaction(DatabaseProvider provider) => provider == DatabaseProvider.Sqlite ? 15 : MostAtOnce;

    public static StandaloneSchedulerFactory Create(
        DatabaseTarget target, SqliteWriteGate gate, bool provision, ExecutionNode node, TimeProvider time, ILoggerFactory loggers, ScheduleRunner runner, Func<Guid, CancellationToken, Task> sync)
        => QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.Services.AddLogging(logging => logging.ClearProviders().AddProvider(new LogsOf(loggers)).SetMinimumLevel(LogLevel.Warning));
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "TriggerConsole";
                // Without a cluster Quartz finds what a crashed process left behind by the same id
                scheduler.InstanceId = target.Provider == DatabaseProvider.Sqlite ? "single" : node.Id.ToString("N");
                scheduler.MaxBatchSize = MostInATransaction(target.Provider);
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UseDefaultThreadPool(MostAtOnce);
            quartz.UseTimeProvider(time);
            quartz.AddJobType(_ => new TickJob(runner, sync));
            quartz.UsePersistentStore(store =>
            {
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = TablePrefix;
                    options.StoreJobDataAsStrings = true;
                    options.SchemaProvisioning = provision ? SchemaProvisioning.CreateIfMissing : SchemaProvisioning.Validate;
                    // A tick that waits for the database when the server stops is fired again by the next start, or another node
                    options.RecoverFiringsCancelledByShutdown = true;
                    options.DbRetryInterval = TimeSpan.FromSeconds(2);
                });
                store.UseSystemTextJsonSerializer();
                store.UseTriggerPersistenceDelegate(_ => new TickTrigger.Storage(time));
                switch (target.Provider)
                {
                    case DatabaseProvider.Sqlite:
                        store.UseSqlite(new GatedSqliteConnection.Factory(gate), target.ConnectionString);
                        break;
                    case DatabaseProvider.PostgreSql:
                        store.UsePostgres(NpgsqlFactory.Instance, target.ConnectionString);
                        store.UseClustering();
                        break;
                    default:
                        store.UseSqlServer(SqlClientFactory.Instance, target.ConnectionString);
                        store.UseClustering();
                        break;
                }
            });
        }).Build();

    /// <summary>Quartz has services of its own; what it logs goes where ours goes.</summary>
    private sealed class LogsOf(ILoggerFactory loggers) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

        public void Dispose()
        {
            // The factory is the host's
        }
    }
}
