using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Persistence.Sqlite;
using TriggerConsole.Core.Scheduling.Engine;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Secrets.Keys;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Hosting;

/// <summary>
/// Brings Core up before the server takes its first request: database, secrets, triggers, callbacks, engine, schedules; and down after the
/// server has taken its last.
/// </summary>
internal sealed class StartUp(
    DatabaseTarget target, SqliteFileLock fileLock, DatabaseMigrator migrator, IOptions<DatabaseOptions> database, SecretStore secrets, ApiKeys keys, TriggerLoader triggers, CallbackCommands callbacks,
    IEnumerable<IConnectionKeeper> connections, INodeMessages messages, ConfigurationReloader reloader, INodeStore nodes, NodeBrokers brokers, NodeKeeper node, NodeRequests requests, FeedRelay relay, KeyPreparation keyPreparation,
    QueueSettings queues, ExecutionEngine engine, ScheduleEngine schedules) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        fileLock.Take(target);
        if (database.Value.MigrateAtStart) await migrator.MigrateAsync(cancellationToken);
        else if (!await migrator.IsCurrentAsync(cancellationToken))
            throw new InvalidOperationException("The database is not up to date, and Database:MigrateAtStart is false. Run TriggerConsole once with --migrate.");
        await messages.StartAsync(cancellationToken); // before anything is read, so that no change of it is missed
        reloader.Listen();
        await using (await nodes.EnterAloneAsync(cancellationToken)) await keyPreparation.RunAsync(cancellationToken);
        brokers.Start();
        await node.StartAsync(cancellationToken);
        await secrets.LoadAsync(cancellationToken);
        await keys.LoadAsync(cancellationToken);
        foreach (var keeper in connections) await keeper.StartAsync(cancellationToken);
        await triggers.LoadAsync(cancellationToken);
        await callbacks.LoadAsync(cancellationToken);
        await queues.LoadAsync(cancellationToken); // before the engine starts anything
        reloader.Start();
        await engine.StartAsync(cancellationToken);
        requests.Start();
        relay.Start();
        if (node.Role != NodeRole.Web) await schedules.StartAsync(cancellationToken); // workers fire them
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await schedules.StopAsync(cancellationToken);
        await engine.StopAsync(cancellationToken);
        foreach (var keeper in connections) await keeper.StopAsync();
        await reloader.StopAsync();
        await node.StopAsync();
        await messages.StopAsync();
    }
}
