using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Live;

namespace TriggerConsole.Components.Pages.DeadLetters;

public sealed partial class DeadLettersPage
{
    private readonly HashSet<Guid> _dismissed = [];
    private DeadLetterGroups? _groups;
    private string? _problem;

    /// <summary>The group that is open: its trigger …</summary>
    [SupplyParameterFromQuery] public string? Trigger { get; set; }

    /// <summary>… and its cause.</summary>
    [SupplyParameterFromQuery] public string? Code { get; set; }

    /// <summary>The bulk run that this reader started, so that a reload shows it again.</summary>
    [SupplyParameterFromQuery] public string? Run { get; set; }

    [Inject] private DeadLetterQueries Queries { get; set; } = default!;

    [Inject] private BulkRunner Runner { get; set; } = default!;

    [Inject] private BulkStarter Starter { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(2);

    private (Guid TriggerId, string Code)? Selected => Guid.TryParse(Trigger, out var id) && !string.IsNullOrEmpty(Code) ? (id, Code) : null;

    // Everyone sees what is under way; what has ended only who started it
    private IEnumerable<BulkRunView> Runs => Runner.All.Where(r => r.Action is BulkAction.Replay or BulkAction.Retry && !_dismissed.Contains(r.Id) && (!r.IsFinished || r.Id.ToString() == Run));

    // A dead letter came, or one is tried again
    protected override bool Concerns(FeedChange change) => change.Truncated || change.Changes.Any(c => c.Status is ExecutionStatus.DeadLettered or ExecutionStatus.Queued);

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken) => _groups = await Queries.GroupsAsync(cancellationToken);

    private DeadLetterGroup? Find((Guid TriggerId, string Code) key) => _groups!.Items.FirstOrDefault(g => g.TriggerId == key.TriggerId && g.Code == key.Code);

    private static string UrlOf(DeadLetterGroup group) => $"/dead-letters?trigger={group.TriggerId}&code={Uri.EscapeDataString(group.Code)}";

    private async Task SendAllAgainAsync()
    {
        _problem = null;
        var choice = await BulkDialog.AskAsync(Dialogs, _groups!.Count, _groups.Replayed);
        if (choice is null) return;
        var filter = ExecutionFilter.DeadLetters with { Replayed = choice.LeaveOutReplayed ? false : null };
        var started = await Starter.StartAsync(new(filter, null), choice, Disposed);
        _problem = started.Refusal is { } refusal ? Refusals.InWords(refusal) : null;
        if (started.Value is { } run) Started(run.Id);
    }

    private void Started(Guid runId) => Navigation.SetQuery(new() { ["run"] = runId.ToString() });

    private async Task Dismiss(Guid runId)
    {
        _dismissed.Add(runId);
        await ReloadAsync();
    }
}
