using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Schedules;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Jobs;

public sealed partial class RecurringPage
{
    private const int PageSize = 50;

    private PageOf<ScheduleView>? _page;
    private string? _problem;
    private string? _said;
    private bool _isBusy;

    [SupplyParameterFromQuery] public int? Page { get; set; }

    [Inject] private ScheduleQueries Queries { get; set; } = default!;

    [Inject] private ScheduleCommands Schedules { get; set; } = default!;

    [Inject] private JobCounters Counters { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(2);

    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(5);

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
        => _page = await Queries.ListAsync(new(), Math.Max(1, Page ?? 1), PageSize, cancellationToken);

    private static string Word(ScheduleRunOutcome outcome) => outcome switch
    {
        ScheduleRunOutcome.Fired => "Fired",
        ScheduleRunOutcome.SkippedOverlap => "Left out: overlap",
        ScheduleRunOutcome.SkippedMissed => "Left out: missed",
        _ => "Failed",
    };

    private Task RunAsync(ScheduleView schedule)
        => DoAsync(user => Schedules.RunAsync(schedule.Id, user.Actor(), Disposed), run => run.Outcome == ScheduleRunOutcome.Failed ? $"{schedule.Name} could not run: {run.Detail}" : $"{schedule.Name} runs now.");

    private async Task PauseAsync(ScheduleView schedule)
    {
        if (await Dialogs.AskUntilAsync(schedule) is { } choice) await DoAsync(_ => Schedules.PauseAsync(schedule.Id, choice.Until, Disposed), _ => $"{schedule.Name} is paused: nothing runs.");
    }

    private Task ResumeAsync(ScheduleView schedule) => DoAsync(_ => Schedules.ResumeAsync(schedule.Id, Disposed), _ => $"{schedule.Name} goes on with its next time.");

    private async Task RemoveAsync(ScheduleView schedule)
    {
        if (await Dialogs.AskAsync($"Remove {schedule.Name}?", "This cannot be undone. To stop it for a while, pause it instead.", "Remove the schedule",
            ["It does not run again.", "Events and executions of the past stay until their time is over."], isDangerous: true))
            await DoAsync(_ => Schedules.DeleteAsync(schedule.Id, Disposed), _ => $"{schedule.Name} is removed.");
    }

    private async Task DoAsync<T>(Func<ClaimsPrincipal, Task<CommandResult<T>>> command, Func<T, string> done)
    {
        (_isBusy, _problem, _said) = (true, null, null);
        var result = await Commands.RunAsync(Permissions.ManageJobs, command);
        _isBusy = false;
        if (result.Refusal is { } refusal) _problem = Refusals.InWords(refusal);
        else _said = done(result.Value!);
        Counters.Renew();
        await ReloadAsync();
    }
}
