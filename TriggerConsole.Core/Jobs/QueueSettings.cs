using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Jobs;

/// <summary>A queue that someone paused.</summary>
/// <param name="Queue"><c>http-5</c>.</param>
/// <param name="By">E-mail of the user or name of the API key.</param>
public sealed record QueuePause(string Queue, string? By, DateTimeOffset At);

/// <summary>What people set about queues, as it is stored.</summary>
public sealed record StoredQueues
{
    public IReadOnlyList<QueuePause> Paused { get; init; } = [];
}

/// <summary>Which queues are paused: stored, so that a restart and every other node keeps to it.</summary>
internal sealed class QueueSettings(SettingStore store, Dispatcher dispatcher, TimeProvider time) : IReloadable, IDisposable
{
    private const string Name = "queues";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile IReadOnlyDictionary<JobQueue, QueuePause> _paused = new Dictionary<JobQueue, QueuePause>();

    string IReloadable.Kind => ConfigurationChange.Setting;

    /// <summary>Who paused it and when; null when it is not paused.</summary>
    public QueuePause? PauseOf(JobQueue queue) => _paused.GetValueOrDefault(queue);

    /// <summary>Reads what is stored and applies it: at start, and when another node has changed it.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken) => Apply(await store.GetAsync<StoredQueues>(Name, cancellationToken));

    Task IReloadable.ReloadAsync(Guid id, CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    Task IReloadable.ReloadAllAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    /// <summary>These are paused here from now on, and no others.</summary>
    public void Apply(StoredQueues stored)
    {
        var paused = new Dictionary<JobQueue, QueuePause>();
        foreach (var pause in stored.Paused)
            if (JobQueue.TryParse(pause.Queue, out var queue)) paused[queue] = pause;
        _paused = paused;
        dispatcher.PauseQueues(paused.Keys.ToHashSet());
    }

    /// <summary>What waits in it stays; attempts under way end as they will.</summary>
    public Task<CommandResult<QueuePause>> PauseAsync(JobQueue queue, string? actor, CancellationToken cancellationToken) => ChangeAsync(queue, actor, pause: true, cancellationToken);

    public Task<CommandResult<QueuePause>> ResumeAsync(JobQueue queue, string? actor, CancellationToken cancellationToken) => ChangeAsync(queue, actor, pause: false, cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async Task<CommandResult<QueuePause>> ChangeAsync(JobQueue queue, string? actor, bool pause, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var stored = await store.GetAsync<StoredQueues>(Name, cancellationToken);
            if (stored.Paused.FirstOrDefault(p => p.Queue == queue.Name) is var before && before is not null == pause)
                return before is null ? new Refusal.Conflict($"The queue {queue.Name} is not paused.") : new Refusal.Conflict($"The queue {queue.Name} is paused already{(before.By is null ? "" : $", by {before.By}")}.");
            var changed = new QueuePause(queue.Name, actor, time.Now());
            stored = stored with { Paused = pause ? [.. stored.Paused, changed] : [.. stored.Paused.Where(p => p.Queue != queue.Name)] };
            await store.SetAsync(Name, stored, cancellationToken);
            Apply(stored);
            return changed;
        }
        finally
        {
            _turn.Release();
        }
    }
}
