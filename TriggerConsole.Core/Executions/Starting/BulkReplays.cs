using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions.Starting;

/// <summary>Replays many executions: each makes a new one, marked <c>replayOf</c>; the old ones stay as they are.</summary>
internal sealed class BulkReplays(BulkRunner runner, ReplayCommands replays)
{
    /// <param name="edited">A payload that replaces that of every event; null sends each its own.</param>
    /// <param name="ratePerSecond">Null for as fast as the engine accepts.</param>
    public Task<CommandResult<BulkRunView>> StartAsync(BulkSelection selection, EditedPayload? edited, double? ratePerSecond, string? actor, CancellationToken cancellationToken)
        => runner.StartAsync(BulkAction.Replay, selection, ratePerSecond, actor, async (id, stopping) => (await replays.ReplayAsync(id, edited, actor, stopping)).Refusal, cancellationToken);
}

/// <summary>Tries many executions again in place: dead letters, cancelled ones, and those that wait for their retry.</summary>
internal sealed class BulkRetries(BulkRunner runner, ExecutionCommands executions)
{
    /// <param name="ratePerSecond">Null for as fast as the engine accepts.</param>
    public Task<CommandResult<BulkRunView>> StartAsync(BulkSelection selection, double? ratePerSecond, string? actor, CancellationToken cancellationToken)
        => runner.StartAsync(BulkAction.Retry, selection, ratePerSecond, actor, (id, stopping) => executions.TryRetryAsync(id, actor, stopping), cancellationToken);
}
