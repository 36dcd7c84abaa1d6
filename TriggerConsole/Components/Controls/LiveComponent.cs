using System.Data.Common;
using Microsoft.AspNetCore.Components;
using TriggerConsole.Core.Live;

namespace TriggerConsole.Components.Controls;

/// <summary>
/// A page or part that shows what the engine does: loads, loads again when something that concerns it was committed (at most
/// every <see cref="Interval"/>) or a while has passed (<see cref="Heartbeat"/>), and keeps showing what it has while that goes on
/// or fails.
/// </summary>
public abstract class LiveComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _disposed = new();
    private IDisposable? _subscription;
    private Throttle? _throttle;
    private ITimer? _heartbeat;
    private bool _isDisposed;

    [Inject] public required ExecutionFeed Feed { get; set; }

    [Inject] public required TimeProvider Time { get; set; }

    protected bool IsLoaded { get; private set; }

    /// <summary>Why the last load failed, in a sentence.</summary>
    protected string? Error { get; private set; }

    /// <summary>Cancelled when the component goes away.</summary>
    protected CancellationToken Disposed => _disposed.Token;

    protected virtual TimeSpan Interval => TimeSpan.FromMilliseconds(500);

    /// <summary>Loads again after this time even if nothing was committed: for what the feed does not tell, such as refused requests and figures "of the last hour". Null: never.</summary>
    protected virtual TimeSpan? Heartbeat => null;

    /// <summary>Whether it loads again by itself.</summary>
    protected virtual bool IsLive => true;

    /// <summary>Whether a change is worth a look. Called on the journal's thread: must be quick.</summary>
    protected virtual bool Concerns(FeedChange change) => true;

    /// <summary>Reads what is shown.</summary>
    /// <param name="isRefresh">True when the engine asked for it, false when the reader did.</param>
    protected abstract Task LoadAsync(bool isRefresh, CancellationToken cancellationToken);

    protected override async Task OnParametersSetAsync()
    {
        await ReloadAsync();
        if (_throttle is not null || !RendererInfo.IsInteractive) return;
        _throttle = new(() => InvokeAsync(RefreshAsync), Interval, Time);
        _subscription = Feed.OnChanged(change =>
        {
            if (IsLive && Concerns(change)) _throttle.Signal();
        });
        if (Heartbeat is not { } beat) return;
        _heartbeat = Time.CreateTimer(_ =>
        {
            if (IsLive) _throttle.Signal();
        }, null, beat, beat);
    }

    /// <summary>Loads again soon: something that the feed does not tell of has changed. From any thread.</summary>
    protected void Signal() => _throttle?.Signal();

    /// <summary>Loads now, because the reader did something.</summary>
    protected Task ReloadAsync() => LoadGuardedAsync(isRefresh: false);

    protected async Task RefreshAsync()
    {
        if (_isDisposed) return;
        await LoadGuardedAsync(isRefresh: true);
        StateHasChanged();
    }

    private async Task LoadGuardedAsync(bool isRefresh)
    {
        try
        {
            await LoadAsync(isRefresh, Disposed);
            (IsLoaded, Error) = (true, null);
        }
        catch (OperationCanceledException) when (Disposed.IsCancellationRequested)
        {
            // The reader has left
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or InvalidOperationException { InnerException: DbException })
        {
            Error = "This could not be brought up to date."; // why, the notice at the top says
        }
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_isDisposed || !disposing) return;
        _isDisposed = true;
        _disposed.Cancel();
        _subscription?.Dispose();
        _heartbeat?.Dispose();
        _throttle?.Dispose();
        _disposed.Dispose();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }
}
