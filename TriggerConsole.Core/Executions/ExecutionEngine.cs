using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions;

/// <summary>Starts and stops the engine in the right order: journal, recovery, dispatch; and back.</summary>
internal sealed partial class ExecutionEngine(
    ExecutionNode node, ExecutionJournal journal, IExecutionStore store, Dispatcher dispatcher, ExecutionWaiters waiters, ExecutionFeed feed,
    TriggerDirectory triggers, IOptions<ExecutionOptions> options, TimeProvider time, ILogger<ExecutionEngine> logger, WorkSignals? signals = null) : IHostedService, IDisposable
{
    private static readonly TimeSpan s_markRunningAfter = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private ITimer? _markRunning;
    private Task? _stop;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Where nodes share the database, the node's keeper takes over what dead ones held, now and later
        var recovered = node.SharesDatabase ? 0 : store.Recover(node.Id, time.Now());
        journal.OnCommitted(waiters.Committed);
        journal.OnCommitted(feed.Committed);
        if (signals is not null) journal.OnCommitted(signals.Committed);
        journal.OnBatchAnswered(dispatcher.Pump);
        journal.Start();
        triggers.Changed += dispatcher.Configure;
        signals?.Start();
        dispatcher.LookIntoTable(triggers.All.Select(t => t.Id));
        _markRunning = time.CreateTimer(_ => dispatcher.MarkLongRunning(s_markRunningAfter), null, s_markRunningAfter, s_markRunningAfter);
        LogStarted(node.Id, recovered);
        return Task.CompletedTask;
    }

    /// <summary>Stops once; whoever asks again, also meanwhile, waits for the same end.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _stop ??= StopOnceAsync();
    }

    public void Dispose() => _markRunning?.Dispose();

    private async Task StopOnceAsync()
    {
        LogStopping(dispatcher.Figures.Running);
        triggers.Changed -= dispatcher.Configure;
        _markRunning?.Dispose();
        await dispatcher.StopAsync(options.Value.ShutdownTimeout);
        journal.Stop();
        signals?.Stop();
        LogStopped();
    }

    [LoggerMessage(EventIds.EngineStarted, LogLevel.Information, "Engine started as node {Node}; {Recovered} executions of a stopped process taken over.")]
    private partial void LogStarted(Guid node, int recovered);

    [LoggerMessage(EventIds.EngineStopping, LogLevel.Information, "Engine stops; {Running} attempts are under way.")]
    private partial void LogStopping(int running);

    [LoggerMessage(EventIds.EngineStopped, LogLevel.Information, "Engine stopped; everything is on disk.")]
    private partial void LogStopped();
}
