using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Jobs;

namespace TriggerConsole.Components.Pages.Jobs;

public sealed partial class JobListPage
{
    private const int DefaultSize = 20;
    private static readonly int[] s_sizes = [10, 20, 50, 100, 500];

    private readonly JobSelection _selection = new();
    private readonly HashSet<Guid> _dismissed = [];
    private JobListKind _kind = JobListKind.Enqueued;
    private JobQueue? _queue;
    private JobList? _page;
    private JobStatistics? _statistics;
    private JobSort _sort;
    private HashSet<Guid> _fresh = [];
    private string? _shownAt;
    private string? _problem;
    private bool _descending;
    private bool _isUnknown;
    private bool _isPaused;
    private bool _isBusy;
    private bool _hasChanged;

    /// <summary>The queue that is listed; null on all other lists.</summary>
    [Parameter] public string? Queue { get; set; }

    [SupplyParameterFromQuery] public string? Trigger { get; set; }

    /// <summary>Only of this queue, on lists of other states.</summary>
    [SupplyParameterFromQuery] public string? In { get; set; }

    [SupplyParameterFromQuery] public string? Code { get; set; }

    [SupplyParameterFromQuery] public string? Range { get; set; }

    [SupplyParameterFromQuery] public string? Q { get; set; }

    /// <summary>Only what this node has under way.</summary>
    [SupplyParameterFromQuery] public string? Node { get; set; }

    /// <summary>As the API has it: <c>duration</c>, <c>-duration</c>.</summary>
    [SupplyParameterFromQuery] public string? Sort { get; set; }

    [SupplyParameterFromQuery] public int? Page { get; set; }

    [SupplyParameterFromQuery(Name = "size")] public int? AskedSize { get; set; }

    [SupplyParameterFromQuery] public string? After { get; set; }

    /// <summary>The bulk run that this reader started, so that a reload shows it again.</summary>
    [SupplyParameterFromQuery] public string? Run { get; set; }

    [Inject] private JobQueries Queries { get; set; } = default!;

    [Inject] private JobCounters Counters { get; set; } = default!;

    [Inject] private JobCommands Jobs { get; set; } = default!;

    [Inject] private BulkRunner Runner { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    // What becomes due by itself is not in the feed
    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(_kind.State is JobState.Processing or JobState.Scheduled or JobState.AwaitingRetry ? 2 : 10);

    // A search reads payloads: too much work to repeat with every change
    protected override bool IsLive => !_isPaused && string.IsNullOrWhiteSpace(Q) && !_isUnknown;

    private int Size => AskedSize is { } asked && s_sizes.Contains(asked) ? asked : DefaultSize;

    private string Title => _queue is { } queue ? $"Queue {queue.Name}" : _kind.Title;

    private string Path => _queue is { } queue ? $"/jobs/queues/{queue.Name}" : _kind.Path;

    private QueueView? QueueState => _queue is { } queue ? _statistics?.Queues.FirstOrDefault(q => q.Name == queue.Name) : null;

    private bool HasFilter => !string.IsNullOrEmpty(Trigger) || !string.IsNullOrEmpty(In) || !string.IsNullOrEmpty(Code) || Range is not (null or "" or "all") || !string.IsNullOrWhiteSpace(Q) || !string.IsNullOrEmpty(Node);

    private JobFilter Filter => new()
    {
        State = _kind.State,
        Queue = _queue ?? (JobQueue.TryParse(In, out var queue) ? queue : null),
        TriggerId = Guid.TryParse(Trigger, out var trigger) ? trigger : null,
        Code = string.IsNullOrWhiteSpace(Code) ? null : Code,
        From = TimeRange.From(string.IsNullOrEmpty(Range) ? "all" : Range, Time.GetUtcNow()),
        Q = string.IsNullOrWhiteSpace(Q) ? null : Q,
        NodeId = Guid.TryParse(Node, out var node) ? node : null,
    };

    // Everyone sees what is under way; what has ended only who started it
    private IEnumerable<BulkRunView> Runs => Runner.All.Where(r => r.Action is BulkAction.Requeue or BulkAction.Delete && !_dismissed.Contains(r.Id) && (!r.IsFinished || r.Id.ToString() == Run));

    private List<Guid> Selectable => [.. _page!.Items.Where(i => i.State == _kind.State).Select(i => i.Id)];

    private string TotalText => _page?.Total is { } total ? _page.IsTotalExact ? Format.Number(total) : $"more than {Format.Number(Math.Min(total, JobQueries.Window))}" : "";

    // The page is selected whole, and there are more than it shows
    private bool MayTakeAll => !_selection.AllMatching && _selection.StateOf(Selectable) == true && Selectable.Count > 0 && (_page!.Total is not { } total || total > _page.Items.Count || _page.NextCursor is not null);

    private string SelectionText => _selection.AllMatching ? $"All {TotalText} that match are selected."
        : _selection.Ids.Count > 0 ? $"{Format.Number(_selection.Ids.Count)} selected." : "";

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        if (!isRefresh) ReadAddress();
        if (_isUnknown) return;
        _statistics = await Counters.GetAsync(cancellationToken);
        var page = await Queries.ListAsync(Filter, _sort, _descending, After, Page ?? 1, Size, cancellationToken);
        if (isRefresh && _page is { Items.Count: > 0 } shown && (_selection.Any || await Browser.IsReadingAsync()))
        {
            // Rows change where they stand; others wait until the reader asks for them
            _hasChanged |= !page.Items.Select(i => i.Id).SequenceEqual(shown.Items.Select(i => i.Id));
            var now = (await Queries.FindAsync([.. shown.Items.Select(i => i.Id)], cancellationToken)).ToDictionary(i => i.Id);
            _page = page with { Items = [.. shown.Items.Select(i => now.GetValueOrDefault(i.Id) ?? i)] };
            return;
        }
        _fresh = isRefresh && _page is { } before ? [.. page.Items.Select(i => i.Id).Except(before.Items.Select(i => i.Id))] : [];
        (_page, _hasChanged) = (page, false);
    }

    private void ReadAddress()
    {
        var path = new Uri(Navigation.Uri).AbsolutePath;
        _kind = JobListKind.Of(path);
        _queue = JobQueue.TryParse(Queue, out var queue) ? queue : null;
        _isUnknown = Queue is not null && _queue is null;
        _descending = Sort?.StartsWith('-') ?? false;
        _sort = Enum.TryParse<JobSort>(Sort?.TrimStart('-'), ignoreCase: true, out var sort) ? sort : JobSort.Natural;
        var address = $"{path}?{Trigger}&{In}&{Code}&{Range}&{Q}&{Node}";
        if (_shownAt == address) return;
        // Another list: what was selected or said belongs to the one before
        if (_shownAt is not null) (_page, _problem) = (null, null);
        _shownAt = address;
        _selection.Clear();
    }

    private async Task RequeueAsync()
    {
        if (await ChooseAsync() is not { } chosen) return;
        if (_kind.AsksBeforeRequeue || _selection.AllMatching)
        {
            var title = $"{_kind.Requeue} {_kind.Count(chosen.Count)}?";
            if (!await Dialogs.AskAsync(title, _kind.RequeueText(chosen.Count), $"{_kind.Requeue}: {Format.Count(chosen.Count, "job")}")) return;
        }
        await StartAsync(BulkAction.Requeue, chosen);
    }

    private async Task DeleteAsync()
    {
        if (await ChooseAsync() is not { } chosen) return;
        if (await Dialogs.AskAsync($"Delete {_kind.Count(chosen.Count)}?", "They can be requeued later, as long as the history keeps them.", $"Delete {Format.Count(chosen.Count, "job")}", _kind.Losses, isDangerous: true))
            await StartAsync(BulkAction.Delete, chosen);
    }

    /// <summary>The ids that are meant, found anew when all that match are.</summary>
    private async Task<IReadOnlyList<Guid>?> ChooseAsync()
    {
        _problem = null;
        if (!_selection.AllMatching) return [.. _selection.Ids];
        _isBusy = true;
        StateHasChanged();
        try
        {
            return await Queries.IdsAsync(Filter, BulkRunner.MostAtOnce, Disposed);
        }
        catch (System.Data.Common.DbException)
        {
            _problem = "The database does not answer. Nothing was changed; try again in a moment.";
            return null;
        }
        finally
        {
            _isBusy = false;
        }
    }

    private async Task StartAsync(BulkAction action, IReadOnlyList<Guid> ids)
    {
        var started = await Commands.RunAsync<BulkRunView>(Permissions.ManageJobs, user => Task.FromResult<Core.Validation.CommandResult<BulkRunView>>(Jobs.Start(action, ids, _kind.State, null, user.Actor())));
        if (started.Refusal is { } refusal)
        {
            _problem = Refusals.InWords(refusal);
            return;
        }
        _selection.Clear();
        await Runner.WaitAsync(started.Value!.Id, TimeSpan.FromMilliseconds(300)); // most are done by then, and the list shows it at once
        Navigation.SetQuery(new() { ["run"] = started.Value.Id.ToString() });
    }

    private async Task DismissAsync(Guid runId)
    {
        _dismissed.Add(runId);
        await ReloadAsync();
    }

    private async Task ShowAsItIsAsync()
    {
        _selection.Clear();
        _page = null;
        await ReloadAsync();
    }

    private async Task ToggleLiveAsync()
    {
        _isPaused = !_isPaused;
        if (!_isPaused) await ReloadAsync();
    }

    private void Set(string name, object? value) => Navigation.SetQuery(new() { [name] = value?.ToString(), ["page"] = null, ["after"] = null });

    private string UrlWith(string name, object? value) => Navigation.GetUriWithQueryParameters(name == "after" ? new Dictionary<string, object?> { ["after"] = value, ["page"] = null } : new Dictionary<string, object?> { [name] = value });
}
