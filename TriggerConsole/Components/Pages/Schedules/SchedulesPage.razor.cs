using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Schedules;

/// <summary>All schedules: when each runs, and how it went last.</summary>
public sealed partial class SchedulesPage
{
    private const int PageSize = 50;

    private PageOf<ScheduleView> _page = new([], 0, 1, PageSize);
    private IDisposable? _watching;
    private string _said = "";

    /// <summary><c>active</c>, <c>paused</c>, <c>ended</c>, <c>failed</c>, or nothing for all.</summary>
    [SupplyParameterFromQuery] public string? State { get; set; }

    /// <summary><c>next</c>, <c>last</c>, or nothing for the name.</summary>
    [SupplyParameterFromQuery] public string? Sort { get; set; }

    [SupplyParameterFromQuery] public string? Q { get; set; }

    [SupplyParameterFromQuery] public int? Page { get; set; }

    [Inject] private ScheduleQueries Queries { get; set; } = default!;

    [Inject] private ScheduleCommands Schedules { get; set; } = default!;

    [Inject] private ScheduleFeed Changes { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    // A time that has come without a run (paused elsewhere, ended) is no news of the feed
    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(10);

    private bool HasFilter => !string.IsNullOrEmpty(State) || !string.IsNullOrEmpty(Sort) || !string.IsNullOrEmpty(Q);

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) _watching = Changes.OnChanged(_ => Signal());
    }

    // Executions of a run that is shown may have ended
    protected override bool Concerns(FeedChange change)
        => change.Truncated || _page.Items.Any(s => s.LastRun is { } run && run.Executions.Any(e => change.Changes.Any(c => c.ExecutionId == e.Id)));

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var filter = new ScheduleFilter
        {
            Q = Q,
            State = Enum.TryParse<ScheduleState>(State, ignoreCase: true, out var state) ? state : null,
            Failed = State == "failed",
            Sort = Enum.TryParse<ScheduleSort>(Sort, ignoreCase: true, out var sort) ? sort : ScheduleSort.Name,
        };
        _page = await Queries.ListAsync(filter, Math.Clamp(Page ?? 1, 1, 100_000), PageSize, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        _watching?.Dispose();
        base.Dispose(disposing);
    }

    private async Task RunAsync(ScheduleView schedule)
    {
        var result = await Commands.RunAsync(Permissions.Run, user => Schedules.RunAsync(schedule.Id, user.Actor(), CancellationToken.None));
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else if (result.Value!.Outcome == ScheduleRunOutcome.Failed) Notifications.Refused(new Core.Validation.Refusal.Conflict(result.Value.Detail!));
        else _said = $"{schedule.Name} runs now.";
        await ReloadAsync();
    }

    private async Task PauseAsync(ScheduleView schedule)
    {
        if (await Dialogs.AskUntilAsync(schedule) is not { } choice) return;
        var result = await Commands.RunAsync(Permissions.Pause, _ => Schedules.PauseAsync(schedule.Id, choice.Until, CancellationToken.None));
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else _said = $"{schedule.Name} is paused.";
        await ReloadAsync();
    }

    private async Task ResumeAsync(ScheduleView schedule)
    {
        var result = await Commands.RunAsync(Permissions.Pause, _ => Schedules.ResumeAsync(schedule.Id, CancellationToken.None));
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else _said = $"{schedule.Name} goes on with its next time.";
        await ReloadAsync();
    }

    private void Set(string name, object? value) => Navigation.SetQuery(new() { [name] = value?.ToString(), ["page"] = null });
}
