using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Executions;

public sealed partial class ExecutionsPage
{
    private const int PageSize = 50;
    private const int MostShown = ExecutionQueries.MostItems;

    private List<ExecutionView> _items = [];
    private string? _next;
    private DateTimeOffset? _searchedTo;
    private DateTimeOffset? _freshAfter;
    private int _new;
    private bool _isPaused;
    private bool _isLoadingMore;

    [SupplyParameterFromQuery] public string? Status { get; set; }

    [SupplyParameterFromQuery] public string? Kind { get; set; }

    [SupplyParameterFromQuery] public string? Trigger { get; set; }

    [SupplyParameterFromQuery] public string? Callback { get; set; }

    [SupplyParameterFromQuery] public string? Range { get; set; }

    [SupplyParameterFromQuery] public string? Q { get; set; }

    [Inject] private ExecutionQueries Queries { get; set; } = default!;

    [Inject] private TriggerDirectory Triggers { get; set; } = default!;

    [Inject] private TriggerKinds Kinds { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    // A search reads payloads: too much work to repeat with every change
    protected override bool IsLive => !_isPaused && string.IsNullOrEmpty(Q);

    private bool HasFilter => !string.IsNullOrEmpty(Status) || !string.IsNullOrEmpty(Kind) || !string.IsNullOrEmpty(Trigger) || !string.IsNullOrEmpty(Callback) || !string.IsNullOrEmpty(Q);

    private ExecutionFilter Filter => new()
    {
        Statuses = Enum.TryParse<ExecutionStatus>(Status, out var status) ? [status] : [],
        Kind = Enum.TryParse<TriggerKind>(Kind, out var kind) ? kind : null,
        TriggerId = Guid.TryParse(Trigger, out var trigger) ? trigger : null,
        CallbackId = Guid.TryParse(Callback, out var callback) ? callback : null,
        From = TimeRange.From(Range, Time.GetUtcNow()),
        Q = Q,
    };

    protected override bool Concerns(FeedChange change)
        => !Guid.TryParse(Trigger, out var trigger) || change.Truncated || change.Changes.Any(c => c.TriggerId == trigger);

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var shown = isRefresh ? Math.Clamp(_items.Count, PageSize, MostShown) : PageSize;
        var page = await Queries.ListAsync(Filter, null, shown, cancellationToken);
        if (isRefresh && _items.Count > 0 && await Browser.IsReadingAsync())
        {
            // Rows change where they stand; new ones wait until the reader asks for them
            var byId = page.Items.ToDictionary(i => i.Id);
            _items = [.. _items.Select(i => byId.GetValueOrDefault(i.Id) ?? i)];
            _new = page.Items.TakeWhile(i => i.Id != _items[0].Id).Count();
            return;
        }
        _freshAfter = isRefresh ? _items.FirstOrDefault()?.CreatedAt : null;
        // Pages that the reader loaded stay below
        var older = isRefresh && _items.Count > shown ? _items.SkipWhile(i => page.Items.Count > 0 && i.Id.CompareTo(page.Items[^1].Id) >= 0).ToList() : [];
        _items = [.. page.Items, .. older];
        if (older.Count == 0) (_next, _searchedTo) = (page.NextCursor, page.SearchedTo);
        _new = 0;
    }

    private async Task LoadMoreAsync()
    {
        _isLoadingMore = true;
        var page = await Queries.ListAsync(Filter, _next, PageSize, Disposed);
        _items.AddRange(page.Items);
        (_next, _searchedTo, _isLoadingMore) = (page.NextCursor, page.SearchedTo, false);
    }

    private async Task ShowNewAsync()
    {
        _items = [];
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
