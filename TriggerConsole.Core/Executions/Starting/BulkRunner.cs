using System.Collections.Concurrent;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions.Starting;

/// <summary>What a bulk run does with each execution.</summary>
public enum BulkAction
{
    /// <summary>Makes a new execution from its stored event.</summary>
    Replay,

    /// <summary>Tries the same execution again.</summary>
    Retry,

    /// <summary>Puts it back into its queue: what succeeded is replayed as a new execution, all else is due now.</summary>
    Requeue,

    /// <summary>Cancels what is not finished; gives a dead letter up.</summary>
    Delete,
}

/// <summary>What came of one execution of a bulk run.</summary>
/// <param name="Refusal">Why not; null when it was done.</param>
/// <param name="Made">The new execution, when one was made.</param>
internal readonly record struct BulkOutcome(Refusal? Refusal, Guid? Made = null);

/// <summary>What came of one execution of a bulk run, for people.</summary>
/// <param name="Problem">Why it was skipped; null when it was done.</param>
/// <param name="Made">The new execution, when one was made.</param>
public sealed record BulkItem(Guid Id, bool Done, string? Problem, Guid? Made);

/// <summary>Why some were skipped.</summary>
public sealed record BulkProblem(string Message, int Count);

/// <summary>A bulk run under way or ended, as its starter watches it.</summary>
/// <param name="Total">Executions to go through.</param>
/// <param name="Done">Replayed or set to be tried again so far.</param>
/// <param name="Skipped">Those it could not be done with (trigger deleted, event gone); <paramref name="Problems"/> says why.</param>
/// <param name="IsStopped">Someone stopped it before it was through.</param>
/// <param name="RatePerSecond">Null for as fast as the engine accepts.</param>
/// <param name="Actor">Who started it.</param>
public sealed record BulkRunView(
    Guid Id, BulkAction Action, int Total, int Done, int Skipped, bool IsFinished, bool IsStopped, IReadOnlyList<BulkProblem> Problems, double? RatePerSecond, string? Actor,
    DateTimeOffset StartedAt)
{
    /// <summary>Gone through so far, done or skipped.</summary>
    public int Seen => Done + Skipped;
}

/// <summary>Which executions a bulk run is to go through: by ids, or by filter.</summary>
public sealed record BulkSelection(ExecutionFilter? Filter, IReadOnlyList<Guid>? Ids);

/// <summary>
/// Does one thing with many executions in the background, oldest first, at a chosen rate, with progress, and can be stopped. Kept
/// in memory: a restart ends it where it was; what it did is in the history.
/// </summary>
internal sealed class BulkRunner(ExecutionQueries queries, TimeProvider time, IAuditTrail? audit = null)
{
    /// <summary>A selection by filter that matches more is cut to the oldest of them.</summary>
    public const int MostAtOnce = 100_000;

    public const double LeastRate = 0.1;
    public const double MostRate = 10_000;
    private const int Parallel = 32;
    private const int MostRemembered = 20;

    private readonly ConcurrentDictionary<Guid, BulkRun> _runs = new();

    /// <summary>Those under way, and the last that ended; newest first.</summary>
    public IReadOnlyList<BulkRunView> All => [.. _runs.Values.OrderByDescending(r => r.Id).Select(r => r.View)];

    /// <summary>How many executions a bulk run over these would go through.</summary>
    public async Task<int> CountAsync(BulkSelection selection, CancellationToken cancellationToken) => (await SelectAsync(selection, cancellationToken)).Count;

    /// <param name="act">Done with each id; answers null when it was done, else why not.</param>
    /// <param name="ratePerSecond">Null for as fast as the engine accepts.</param>
    public async Task<CommandResult<BulkRunView>> StartAsync(
        BulkAction action, BulkSelection selection, double? ratePerSecond, string? actor, Func<Guid, CancellationToken, Task<Refusal?>> act, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (selection.Filter is null == selection.Ids is null) errors.Add("ids", "Give either ids or a filter.");
        if (selection.Ids is { Count: > MostAtOnce }) errors.Add("ids", $"Give at most {MostAtOnce:N0} ids.");
        if (selection.Filter is { Q: not null }) errors.Add("filter.q", "A text search cannot select executions for this. Give their ids, or filter by trigger, status, outcome and time.");
        if (ratePerSecond is { } rate && !(rate is >= LeastRate and <= MostRate)) errors.Add("ratePerSecond", $"Give a rate from {LeastRate} to {MostRate:N0} a second, or leave it out.");
        if (errors.Any) return new Refusal.Invalid(errors.All);
        return Start(action, await SelectAsync(selection, cancellationToken), ratePerSecond, actor, async (id, stopping) => new(await act(id, stopping)));
    }

    /// <summary>Starts over executions that the caller has chosen; at most <see cref="MostAtOnce"/>.</summary>
    /// <param name="act">Done with each id.</param>
    public BulkRunView Start(BulkAction action, IReadOnlyList<Guid> ids, double? ratePerSecond, string? actor, Func<Guid, CancellationToken, Task<BulkOutcome>> act)
    {
        var run = new BulkRun(Uuid7.New(time.GetUtcNow()), action, ids, ratePerSecond, actor, time.Now());
        Forget();
        _runs[run.Id] = run;
        run.Work = WorkAsync(run, act);
        return run.View;
    }

    /// <summary>What came of each of a run's executions so far; null when the run is not remembered.</summary>
    /// <param name="done">Only those that were done, or only those that were skipped; null for both.</param>
    public (IReadOnlyList<BulkItem> Items, int Total)? Items(Guid id, bool? done, int skip, int take) => _runs.GetValueOrDefault(id)?.Items(done, skip, take);

    public BulkRunView? Find(Guid id) => _runs.GetValueOrDefault(id)?.View;

    /// <summary>The view when it has ended, or as it is after <paramref name="patience"/>.</summary>
    public async Task<BulkRunView?> WaitAsync(Guid id, TimeSpan patience)
    {
        if (!_runs.TryGetValue(id, out var run)) return null;
        await Task.WhenAny(run.Work, Task.Delay(patience, time));
        return run.View;
    }

    /// <summary>Stops it after those under way; what was done stays done.</summary>
    public BulkRunView? Stop(Guid id)
    {
        if (!_runs.TryGetValue(id, out var run)) return null;
        run.Stop();
        return run.View;
    }

    private async Task<IReadOnlyList<Guid>> SelectAsync(BulkSelection selection, CancellationToken cancellationToken)
        => selection.Ids is { } ids ? [.. ids.Distinct()] : await queries.IdsAsync(selection.Filter!, MostAtOnce, cancellationToken);

    private async Task WorkAsync(BulkRun run, Func<Guid, CancellationToken, Task<BulkOutcome>> act)
    {
        // What it does with each is in the history of that execution. Before anything is awaited: whoever asked for it acts
        if (audit is not null) await audit.RecordAsync(new($"executions.{run.View.Action.ToString().ToLowerInvariant()}", AuditOutcome.Done, "bulk-run", run.Id.ToString(), Detail: $"{run.Ids.Count:N0} executions."), CancellationToken.None);
        await Task.Yield();
        var started = time.GetTimestamp();
        var taken = -1;
        // At a rate one worker keeps the pace; more would bunch
        await Task.WhenAll(Enumerable.Range(0, run.RatePerSecond is null ? Parallel : 1).Select(_ => WorkerAsync()));
        run.Finish();

        async Task WorkerAsync()
        {
            while (!run.Stopping.IsCancellationRequested && Interlocked.Increment(ref taken) is var i && i < run.Ids.Count)
            {
                try
                {
                    if (run.RatePerSecond is { } rate && TimeSpan.FromSeconds(i / rate) - time.GetElapsedTime(started) is var wait && wait > TimeSpan.Zero)
                        await Task.Delay(wait, time, run.Stopping);
                    run.Count(i, await ActAsync(run.Ids[i], act, run.Stopping));
                }
                catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception exception)
                {
                    run.Skip(i, exception.Message); // one that fails must not end the others
                }
            }
        }
    }

    private async Task<BulkOutcome> ActAsync(Guid id, Func<Guid, CancellationToken, Task<BulkOutcome>> act, CancellationToken stopping)
    {
        while (true)
        {
            var outcome = await act(id, stopping);
            if (outcome.Refusal is not Refusal.Unavailable later) return outcome;
            await Task.Delay(later.RetryAfter, time, stopping);
        }
    }

    private void Forget()
    {
        foreach (var old in _runs.Values.Where(r => r.View.IsFinished).OrderByDescending(r => r.Id).Skip(MostRemembered))
            if (_runs.TryRemove(old.Id, out var forgotten)) forgotten.Dispose();
    }
}
