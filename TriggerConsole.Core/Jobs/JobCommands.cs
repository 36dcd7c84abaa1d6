using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Jobs;

/// <summary>
/// Requeue and delete, as those who run job systems know them. They act only on what is still in the state that its list showed,
/// so that a click on an old list does no harm; and they write down who asked.
/// </summary>
internal sealed class JobCommands(IDbContextFactory<TriggerConsoleDbContext> contexts, ExecutionCommands executions, ReplayCommands replays, BulkRunner runner, JobCounters counters, TimeProvider time)
{
    /// <summary>Puts a job back into its queue. What succeeded stays as it is: its event is sent again as a new execution.</summary>
    /// <param name="shown">The state its list showed; null for whatever it is.</param>
    public async Task<BulkOutcome> RequeueAsync(Guid id, JobState? shown, string? actor, CancellationToken cancellationToken)
    {
        if (await StateAsync(id, cancellationToken) is not { } state) return new(NotFound(id));
        if (Moved(state, shown) is { } moved) return new(moved);
        switch (state)
        {
            case JobState.Succeeded:
                var replayed = await replays.ReplayAsync(id, null, actor, cancellationToken);
                return new(replayed.Refusal, replayed.Value?.ExecutionId);
            case JobState.Enqueued:
                return new(new Refusal.Conflict("It is enqueued already, and runs as soon as a worker is free."));
            case JobState.Processing:
                // Two steps, and each is in its history; who asked wants it to begin again
                return new(await executions.TryCancelAsync(id, actor, cancellationToken) ?? await executions.TryRetryAsync(id, actor, cancellationToken));
            default:
                return new(await executions.TryRetryAsync(id, actor, cancellationToken));
        }
    }

    /// <summary>Cancels what is not finished, breaking off an attempt under way; gives a dead letter up. Nothing is erased: the history keeps it for as long as it keeps cancelled ones.</summary>
    /// <param name="shown">The state its list showed; null for whatever it is.</param>
    public async Task<BulkOutcome> DeleteAsync(Guid id, JobState? shown, string? actor, CancellationToken cancellationToken)
    {
        if (await StateAsync(id, cancellationToken) is not { } state) return new(NotFound(id));
        if (Moved(state, shown) is { } moved) return new(moved);
        return new(state switch
        {
            JobState.Succeeded => new Refusal.Conflict("It has succeeded: there is nothing left to stop. The history drops it when it is old enough."),
            JobState.Deleted => new Refusal.Conflict("It is deleted already."),
            JobState.Failed => await executions.TryDiscardAsync(id, actor, cancellationToken),
            _ => await executions.TryCancelAsync(id, actor, cancellationToken),
        });
    }

    /// <summary>Goes through many in the background; <see cref="BulkRunner"/> tells how far it is and what came of each.</summary>
    /// <param name="ids">At most <see cref="BulkRunner.MostAtOnce"/>.</param>
    /// <param name="shown">The state their list showed.</param>
    public BulkRunView Start(BulkAction action, IReadOnlyList<Guid> ids, JobState? shown, double? ratePerSecond, string? actor)
        => runner.Start(action, [.. ids.Distinct()], ratePerSecond, actor, async (id, stopping) =>
        {
            var outcome = action == BulkAction.Delete ? await DeleteAsync(id, shown, actor, stopping) : await RequeueAsync(id, shown, actor, stopping);
            counters.Renew();
            return outcome;
        });

    private async Task<JobState?> StateAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await context.Executions.Where(e => e.Id == id).Select(e => new { e.Status, e.DueAt, e.OwnerId }).SingleOrDefaultAsync(cancellationToken);
        return row is null ? null : JobStates.Of(row.Status, row.OwnerId is null ? row.DueAt : DateTimeOffset.MinValue, time.Now());
    }

    private static Refusal.Conflict? Moved(JobState state, JobState? shown)
        => shown is null || state == shown ? null : new($"It is no longer {JobStates.Words(shown.Value)} but {JobStates.Words(state)}: nothing was done.");

    private static Refusal.NotFound NotFound(Guid id) => new($"There is no execution {id}.");
}
