using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Radzen;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;

namespace TriggerConsole.Components.Pages.DeadLetters;

public sealed partial class DeadLetterGroupView
{
    private const int PageSize = 50;

    private readonly HashSet<Guid> _selection = [];
    private List<ExecutionView>? _items;
    private ILookup<Guid, ReplayView>? _replays;
    private DeadLetterGroup? _shownFor;
    private string? _next;
    private string? _problem;
    private bool _hasChanged;
    private bool _hidesReplayed;
    private bool _isLoadingMore;

    [Parameter, EditorRequired] public Guid TriggerId { get; set; }

    [Parameter, EditorRequired] public required string Code { get; set; }

    /// <summary>Its figures; null when it has none left.</summary>
    [Parameter] public DeadLetterGroup? Group { get; set; }

    /// <summary>A bulk run was started.</summary>
    [Parameter] public EventCallback<Guid> OnStarted { get; set; }

    [Inject] private ExecutionQueries Queries { get; set; } = default!;

    [Inject] private BulkStarter Starter { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    private ExecutionFilter Filter => ExecutionFilter.DeadLetters with { TriggerId = TriggerId, Code = Code, Replayed = _hidesReplayed ? false : null };

    protected override async Task OnParametersSetAsync()
    {
        // The page reads the figures again when something has changed; then the list may have changed too
        if (_items is not null && _shownFor == Group) return;
        _shownFor = Group;
        // Rows must not move while someone reads or selects: then they wait until they are asked for
        if (_items is { Count: > 0 } && (_selection.Count > 0 || await Browser.IsReadingAsync())) _hasChanged = true;
        else await RenewAsync();
    }

    private Task RenewAsync() => LoadAsync(Math.Clamp(_items?.Count ?? 0, PageSize, ExecutionQueries.MostItems));

    private async Task LoadAsync(int count)
    {
        _hasChanged = false;
        var page = await Queries.ListAsync(Filter, null, count, CancellationToken.None);
        (_items, _next) = ([.. page.Items], page.NextCursor);
        _selection.IntersectWith(_items.Select(i => i.Id));
        _replays = await Queries.ReplaysOfAsync([.. _items.Select(i => i.Id)], CancellationToken.None);
    }

    private async Task LoadMoreAsync()
    {
        _isLoadingMore = true;
        var page = await Queries.ListAsync(Filter, _next, PageSize, CancellationToken.None);
        _items!.AddRange(page.Items);
        _next = page.NextCursor;
        _replays = await Queries.ReplaysOfAsync([.. _items.Select(i => i.Id)], CancellationToken.None);
        _isLoadingMore = false;
    }

    private Task ToggleReplayedAsync()
    {
        _hidesReplayed = !_hidesReplayed;
        return LoadAsync(PageSize);
    }

    private async Task SendSelectedAgainAsync()
    {
        var replayed = _selection.Where(id => _replays![id].Any()).ToList();
        if (await BulkDialog.AskAsync(Dialogs, _selection.Count, replayed.Count) is not { } choice) return;
        await StartAsync(new(null, [.. choice.LeaveOutReplayed ? _selection.Except(replayed) : _selection]), choice);
        _selection.Clear();
    }

    private async Task SendGroupAgainAsync()
    {
        if (await BulkDialog.AskAsync(Dialogs, Group!.Count, Group.Replayed) is not { } choice) return;
        await StartAsync(new(Group.Filter with { Replayed = choice.LeaveOutReplayed ? false : null }, null), choice);
    }

    private async Task StartAsync(BulkSelection selection, BulkChoice choice)
    {
        var started = await Starter.StartAsync(selection, choice, CancellationToken.None);
        _problem = started.Refusal is { } refusal ? Refusals.InWords(refusal) : null;
        if (started.Value is { } run) await OnStarted.InvokeAsync(run.Id);
    }
}
