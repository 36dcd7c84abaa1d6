using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Jobs;

/// <summary>
/// Looks every few seconds for attempts of this node that have outlasted their own limit (<see cref="StuckRule"/>), names each once
/// in the log, and says when it has ended after all.
/// </summary>
internal sealed partial class StuckWatch(Dispatcher dispatcher, TriggerDirectory triggers, ExecutionNode node, TimeProvider time, ILogger<StuckWatch> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    private volatile IReadOnlyDictionary<(Guid, int), StuckAttempt> _stuck = new Dictionary<(Guid, int), StuckAttempt>();

    /// <summary>How many there were when it last looked.</summary>
    public int Count => _stuck.Count;

    internal void RunOnce()
    {
        var now = time.GetUtcNow();
        var found = dispatcher.FindStuck((trigger, startedAt) => StuckRule.IsStuck(triggers.Find(trigger), startedAt, now)).ToDictionary(s => (s.ExecutionId, s.Attempt));
        var before = _stuck;
        foreach (var (key, stuck) in found)
            if (!before.ContainsKey(key)) LogStuck(stuck.ExecutionId, triggers.Find(stuck.TriggerId)?.Name, stuck.Attempt, node.Id, stuck.StartedAt);
        foreach (var (key, stuck) in before)
            if (!found.ContainsKey(key)) LogMoves(stuck.ExecutionId, stuck.Attempt, stuck.StartedAt);
        _stuck = found;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) RunOnce();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A normal stop
        }
    }

    [LoggerMessage(EventIds.ExecutionStuck, LogLevel.Warning,
        "Execution {ExecutionId} of trigger {TriggerName} is stuck: attempt {Attempt} has been under way on node {Node} since {StartedAt:O}, longer than its own limit. Cancel it on the Jobs page, or restart the node.")]
    private partial void LogStuck(Guid executionId, string? triggerName, int attempt, Guid node, DateTimeOffset startedAt);

    [LoggerMessage(EventIds.ExecutionNotStuck, LogLevel.Information, "Execution {ExecutionId} is no longer stuck: its attempt {Attempt}, begun at {StartedAt:O}, has ended.")]
    private partial void LogMoves(Guid executionId, int attempt, DateTimeOffset startedAt);
}
