using System.Collections.Concurrent;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Executions.Starting;

/// <summary>A bulk replay under way or ended, as its starter watches it.</summary>
/// <param name="Total">Executions to replay.</param>
/// <param name="Replayed">New executions made so far.</param>
/// <param name="Skipped">Those that could not be replayed (trigger deleted, event gone).</param>
public sealed record BulkReplayView(Guid Id, int Total, int Replayed, int Skipped, bool IsFinished, bool IsStopped, string? LastProblem, DateTimeOffset StartedAt);

/// <summary>
/// Replays many executions in the background, at a chosen rate, with progress, and can be stopped. Kept in memory: a restart ends
/// it where it was; what it replayed is in the history with <c>replayOf</c>.
/// </summary>
internal sealed class BulkReplays(ReplayCommands replays, ExecutionQueries queries, TimeProvider time)
{
    public const int MostAtOnce = 100_000;
    private const int Parallel = 32;
    private const int MostRemembered = 50;

    private readonly ConcurrentDictionary<Guid, Run> _runs = new();

    /// <summary>How many executions a bulk replay of these would replay.</summary>
    public async Task<int> CountAsync(ExecutionFilter? filter, IReadOnlyList<Guid>? ids, CancellationToken cancellationToken)
        => (await SelectAsync(filter, ids, cancellationToken)).Count;

    /// <param name="ratePerSecond">Null for as fast as the engine accepts.</param>
    public async Task<CommandResult<BulkReplayView>> StartAsync(
        ExecutionFilter? filter, IReadOnlyList<Guid>? ids, EditedPayload? edited, double? ratePerSecond, string? actor, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (filter is null == ids is null) errors.Add("ids", "Give either ids or a filter.");
        if (ids is { Count: > MostAtOnce }) errors.Add("ids", $"Give at most {MostAtOnce:N0} ids.");
        if (filter is { Q: not null }) errors.Add("filter.q", "A text search cannot select executions for a replay. Give their ids, or filter by trigger, status, outcome and time.");
        if (ratePerSecond is { } rate && !(rate is >= 0.1 and <= 10_000)) errors.Add("ratePerSecond", "Give a rate from 0.1 to 10,000 a second, or leave it out.");
        if (errors.Any) return new Refusal.Invalid(errors.All);
        var selected = await SelectAsync(filter, ids, cancellationToken);
        Forget();
        var run = new Run(Uuid7.New(time.GetUtcNow()), selected, time.Now());
        _runs[run.Id] = run;
        run.Work = WorkAsync(run, edited, ratePerSecond, actor);
        return run.View;
    }

    public BulkReplayView? Find(Guid id) => _runs.GetValueOrDefault(id)?.View;

    /// <summary>The view when it has ended, or as it is after <paramref name="patience"/>.</summary>
    public async Task<BulkReplayView?> WaitAsync(Guid id, TimeSpan patience)
    {
        if (!_runs.TryGetValue(id, out var run)) return null;
        await Task.WhenAny(run.Work, Task.Delay(patience, time));
        return run.View;
    }

    public BulkReplayView? Stop(Guid id)
    {
        if (!_runs.TryGetValue(id, out var run)) return null;
        run.Stopping.Cancel();
        return run.View with { IsStopped = true };
    }

    private async Task<IReadOnlyList<Guid>> SelectAsync(ExecutionFilter? filter, IReadOnlyList<Guid>? ids, CancellationToken cancellationToken)
        => ids is not null ? [.. ids.Distinct()] : await queries.IdsAsync(filter!, MostAtOnce, cancellationToken);

    private async Task WorkAsync(Run run, EditedPayload? edited, double? ratePerSecond, string? actor)
    {
        await Task.Yield();
        var started = time.GetTimestamp();
        var taken = -1;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, ratePerSecond is null ? Parallel : 1).Select(_ => WorkerAsync()));
        }
        finally
        {
            run.IsFinished = true;
        }

        async Task WorkerAsync()
        {
            while (!run.Stopping.IsCancellationRequested && Interlocked.Increment(ref taken) is var i && i < run.Ids.Count)
            {
                try
                {
                    if (ratePerSecond is { } rate && TimeSpan.FromSeconds(i / rate) - time.GetElapsedTime(started) is var wait && wait > TimeSpan.Zero)
                        await Task.Delay(wait, time, run.Stopping.Token);
                    await ReplayAsync(run, run.Ids[i], edited, actor);
                }
                catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception exception)
                {
                    run.Skip(exception.Message); // one that fails must not end the others
                }
            }
        }
    }

    private async Task ReplayAsync(Run run, Guid id, EditedPayload? edited, string? actor)
    {
        while (true)
        {
            var result = await replays.ReplayAsync(id, edited, actor, run.Stopping.Token);
            if (result.Refusal is Refusal.Unavailable later)
            {
                await Task.Delay(later.RetryAfter, time, run.Stopping.Token);
                continue;
            }
            if (result.Refusal is { } refusal) run.Skip(refusal.Message);
            else run.Count();
            return;
        }
    }

    private void Forget()
    {
        foreach (var old in _runs.Values.Where(r => r.IsFinished).OrderByDescending(r => r.Id).Skip(MostRemembered)) _runs.TryRemove(old.Id, out _);
    }

    private sealed class Run(Guid id, IReadOnlyList<Guid> ids, DateTimeOffset startedAt)
    {
        private int _replayed;
        private int _skipped;
        private string? _problem;

        public Guid Id { get; } = id;

        public IReadOnlyList<Guid> Ids { get; } = ids;

        public CancellationTokenSource Stopping { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;

        public bool IsFinished { get; set; }

        public BulkReplayView View => new(Id, Ids.Count, _replayed, _skipped, IsFinished, Stopping.IsCancellationRequested, _problem, startedAt);

        public void Count() => Interlocked.Increment(ref _replayed);

        public void Skip(string problem)
        {
            Interlocked.Increment(ref _skipped);
            _problem = problem;
        }
    }
}
