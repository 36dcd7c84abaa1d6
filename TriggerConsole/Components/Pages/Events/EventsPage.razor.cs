using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Live;

namespace TriggerConsole.Components.Pages.Events;

public sealed partial class EventsPage
{
    private const int PageSize = 50;
    private const int MostShown = ExecutionQueries.MostItems;

    private readonly LiveList<EventView> _list = new(e => e.Id);
    private bool _isPaused;
    private bool _isLoadingMore;

    [SupplyParameterFromQuery] public string? Callback { get; set; }

    [SupplyParameterFromQuery] public string? Range { get; set; }

    [Inject] private EventQueries Queries { get; set; } = default!;

    [Inject] private CallbackDirectory Callbacks { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    protected override bool IsLive => !_isPaused;

    private bool HasFilter => !string.IsNullOrEmpty(Callback) || !string.IsNullOrEmpty(Range);

    private Guid? CallbackId => Guid.TryParse(Callback, out var id) ? id : null;

    private DateTimeOffset? From => TimeRange.From(Range, Time.GetUtcNow());

    protected override bool Concerns(FeedChange change) => change.EventsAccepted > 0;

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var page = await Queries.ListAsync(CallbackId, From, null, null, _list.Wanted(isRefresh, PageSize, MostShown), cancellationToken);
        var isReading = isRefresh && await Browser.IsReadingAsync();
        _list.Take(page.Items, page.NextCursor, isRefresh, isReading);
    }

    private async Task LoadMoreAsync()
    {
        _isLoadingMore = true;
        var page = await Queries.ListAsync(CallbackId, From, null, _list.Next, PageSize, Disposed);
        _list.Add(page.Items, page.NextCursor);
        _isLoadingMore = false;
    }

    private async Task ShowNewAsync()
    {
        _list.Clear();
        await Browser.InvokeVoidAsync("tc.toTop");
        await ReloadAsync();
    }

    private async Task ToggleLiveAsync()
    {
        _isPaused = !_isPaused;
        if (!_isPaused) await ReloadAsync();
    }

    private void Set(string name, object? value) => Navigation.SetQuery(new() { [name] = value?.ToString() });
}
