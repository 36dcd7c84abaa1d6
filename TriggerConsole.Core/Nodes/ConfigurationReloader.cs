using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;

namespace TriggerConsole.Core.Nodes;

/// <summary>Configuration of one kind that a node keeps in memory.</summary>
internal interface IReloadable
{
    /// <summary>One of <see cref="ConfigurationChange"/>.</summary>
    string Kind { get; }

    /// <summary>Takes one over as it is in the database now, or forgets it when it is no longer there.</summary>
    Task ReloadAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>The same for all, those included that are gone.</summary>
    Task ReloadAllAsync(CancellationToken cancellationToken);
}

/// <summary>Follows the configuration that other nodes change: one after the other, in the order of the changes; everything, when some may have been missed.</summary>
internal sealed partial class ConfigurationReloader(INodeMessages messages, IEnumerable<IReloadable> reloadables, ILogger<ConfigurationReloader> logger) : IDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly ILookup<string, IReloadable> _byKind = reloadables.ToLookup(r => r.Kind);
    private readonly Channel<ConfigurationChange> _changes = Channel.CreateUnbounded<ConfigurationChange>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private IDisposable? _subscription;
    private Task _work = Task.CompletedTask;
    private int _hasStopped;

    /// <summary>Notes changes from here on. Comes before anything is loaded, so that none falls between.</summary>
    public void Listen()
    {
        _subscription = messages.Subscribe(NodeTopics.Configuration, Hear);
        messages.Missed += Everything;
    }

    /// <summary>Follows what was noted; everything has been loaded.</summary>
    public void Start() => _work = Task.Run(FollowAsync, CancellationToken.None);

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _hasStopped, 1) != 0) return;
        messages.Missed -= Everything;
        _subscription?.Dispose();
        _changes.Writer.TryComplete();
        await _stop.CancelAsync();
        await _work;
    }

    public void Dispose()
    {
        _subscription?.Dispose();
        _stop.Dispose();
    }

    private void Hear(NodeMessage message)
    {
        foreach (var change in ConfigurationAnnouncer.Read(message.Payload)) _changes.Writer.TryWrite(change);
    }

    private void Everything()
    {
        foreach (var kind in _byKind) _changes.Writer.TryWrite(new(kind.Key, Guid.Empty));
    }

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var change in _changes.Reader.ReadAllAsync(_stop.Token))
                foreach (var reloadable in _byKind[change.Kind])
                    while (!await TryAsync(reloadable, change.Id)) await Task.Delay(s_retry, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    /// <summary>False to try again: the database is away.</summary>
    private async Task<bool> TryAsync(IReloadable reloadable, Guid id)
    {
        try
        {
            if (id == Guid.Empty) await reloadable.ReloadAllAsync(_stop.Token);
            else await reloadable.ReloadAsync(id, _stop.Token);
            return true;
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            LogFailed(reloadable.Kind, id, exception);
            return exception is not (System.Data.Common.DbException or TimeoutException or InvalidOperationException { InnerException: System.Data.Common.DbException });
        }
    }

    [LoggerMessage(EventIds.ReloadFailed, LogLevel.Warning, "The {Kind} {Id} that another node has changed could not be taken over.")]
    private partial void LogFailed(string kind, Guid id, Exception exception);
}
