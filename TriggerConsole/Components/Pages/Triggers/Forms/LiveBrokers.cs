using Microsoft.AspNetCore.Components;
using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>A part of the editor that shows the brokers of one protocol, and goes on showing what they do.</summary>
public abstract class LiveBrokers : ComponentBase, IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private IDisposable? _watching;
    private Throttle? _throttle;
    private ITimer? _heartbeat;

    /// <summary>By name.</summary>
    protected IReadOnlyList<BrokerRow> Brokers { get; private set; } = [];

    protected abstract TriggerKind Kind { get; }

    /// <summary>Looks again after this time: for what no feed tells of. Null: never.</summary>
    protected virtual TimeSpan? Heartbeat => null;

    [Inject] private BrokerRows Rows { get; set; } = default!;

    [Inject] private BrokerFeed Feed { get; set; } = default!;

    [Inject] private TimeProvider Time { get; set; } = default!;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _watching?.Dispose();
        _heartbeat?.Dispose();
        _throttle?.Dispose();
    }

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive) return;
        _throttle = new(() => InvokeAsync(Refresh), s_interval, Time);
        _watching = Feed.OnChanged(_ => _throttle.Signal());
        if (Heartbeat is { } beat) _heartbeat = Time.CreateTimer(_ => _throttle.Signal(), null, beat, beat);
    }

    protected override void OnParametersSet() => Load();

    protected virtual void Load() => Brokers = [.. Rows.All.Where(b => b.Kind == Kind)];

    private void Refresh()
    {
        Load();
        StateHasChanged();
    }
}
