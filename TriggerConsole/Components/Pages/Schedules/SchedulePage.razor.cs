using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Schedules;

/// <summary>One schedule: when it runs, and its history as it happens.</summary>
public sealed partial class SchedulePage
{
    private const int PageSize = 30;
    private const int MostShown = 200;
    private const int MostNext = 5;

    private ScheduleView? _schedule;
    private IReadOnlyList<DateTimeOffset> _next = [];
    private List<ScheduleRunView> _runs = [];
    private string? _cursor;
    private DateTimeOffset? _freshAfter;
    private IDisposable? _watching;
    private string? _said;
    private bool _isBusy;
    private bool _isLoadingMore;

    [Parameter] public Guid Id { get; set; }

    [Inject] private ScheduleQueries Queries { get; set; } = default!;

    [Inject] private ScheduleCommands Schedules { get; set; } = default!;

    [Inject] private ScheduleFeed Changes { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(10);

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
            _watching = Changes.OnChanged(id =>
            {
                if (id == Id) Signal();
            });
    }

    protected override bool Concerns(FeedChange change)
        => change.Truncated || _runs.Any(r => r.Executions.Any(e => change.Changes.Any(c => c.ExecutionId == e.Id)));

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        _schedule = await Queries.FindAsync(Id, cancellationToken);
        if (_schedule is null) return;
        _next = await Queries.NextAsync(Id, MostNext, cancellationToken);
        _freshAfter = isRefresh && _runs.Count > 0 ? _runs.Max(r => r.FiredAt) : null;
        var page = await Queries.RunsAsync(Id, null, isRefresh ? Math.Clamp(_runs.Count, PageSize, MostShown) : PageSize, cancellationToken);
        (_runs, _cursor) = ([.. page!.Items], page.NextCursor);
    }

    protected override void Dispose(bool disposing)
    {
        _watching?.Dispose();
        base.Dispose(disposing);
    }

    private async Task LoadMoreAsync()
    {
        _isLoadingMore = true;
        var page = await Queries.RunsAsync(Id, _cursor, PageSize, Disposed);
        _runs.AddRange(page!.Items);
        (_cursor, _isLoadingMore) = (page.NextCursor, false);
    }

    private async Task RunAsync()
    {
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.Run, user => Schedules.RunAsync(Id, user.Actor(), CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else _said = result.Value!.Outcome == ScheduleRunOutcome.Failed ? $"It could not run: {result.Value.Detail}" : "It runs now.";
        await ReloadAsync();
    }

    private async Task PauseAsync()
    {
        if (await Dialogs.AskUntilAsync(_schedule!) is { } choice)
            await DoAsync(() => Schedules.PauseAsync(Id, choice.Until, CancellationToken.None), "It is paused: nothing runs.");
    }

    private Task ResumeAsync() => DoAsync(() => Schedules.ResumeAsync(Id, CancellationToken.None), "It goes on with its next time.");

    private async Task DeleteAsync()
    {
        if (!await Dialogs.AskAsync($"Delete {_schedule!.Name}?", "This cannot be undone. To stop it for a while, pause it instead.", "Delete the schedule",
            ["It does not run again.", "Events and executions of the past stay until their time is over."], isDangerous: true)) return;
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.EditSchedules, _ => Schedules.DeleteAsync(Id, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is { } refusal)
        {
            Notifications.Refused(refusal);
            return;
        }
        Notifications.Done($"{_schedule.Name} is deleted.");
        Navigation.NavigateTo("/schedules");
    }

    private async Task DoAsync(Func<Task<CommandResult<ScheduleView>>> command, string done)
    {
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.Pause, _ => command());
        _isBusy = false;
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else _said = done;
        await ReloadAsync();
    }
}
