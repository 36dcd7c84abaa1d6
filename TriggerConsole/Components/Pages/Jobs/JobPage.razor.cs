using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Events;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.History;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Live;

namespace TriggerConsole.Components.Pages.Jobs;

public sealed partial class JobPage
{
    private readonly HashSet<int> _open = [];
    private Core.Jobs.JobDetails? _details;
    private EventView? _event;
    private EventBody? _body;
    private IReadOnlyList<ExecutionView> _siblings = [];
    private IReadOnlyList<ReplayView> _replays = [];
    private volatile HashSet<Guid> _related = [];
    private DateTimeOffset? _keptUntil;
    private Guid? _shown;
    private Guid? _madeId;
    private string? _problem;
    private bool _isBusy;

    [Parameter] public Guid Id { get; set; }

    [Inject] private JobDetailQueries Queries { get; set; } = default!;

    [Inject] private ExecutionQueries Executions { get; set; } = default!;

    [Inject] private EventQueries Events { get; set; } = default!;

    [Inject] private RetentionCommands Retention { get; set; } = default!;

    [Inject] private JobCommands Jobs { get; set; } = default!;

    [Inject] private JobCounters Counters { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    // While it runs the clock moves on: it may become stuck, or its node be lost
    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(5);

    protected override bool Concerns(FeedChange change) => change.Truncated || change.Changes.Any(c => _related.Contains(c.ExecutionId));

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        if (_shown != Id)
        {
            (_shown, _madeId, _problem, _event, _body) = (Id, null, null, null, null);
            _open.Clear();
        }
        var details = await Queries.FindAsync(Id, cancellationToken);
        if (details is not null)
        {
            var eventId = details.Job.Execution.EventId;
            // An event never changes
            if (_event?.Id != eventId && await Events.FindAsync(eventId, cancellationToken) is { } stored) (_event, _body) = (stored.Event, EventBody.Of(stored.Body));
            _siblings = [.. (await Executions.OfEventAsync(eventId, cancellationToken)).Where(e => e.Id != Id)];
            _replays = [.. (await Executions.ReplaysOfAsync([Id], cancellationToken))[Id]];
            _keptUntil = KeptUntil(details.Job, await Retention.GetAsync(cancellationToken));
        }
        _related = [Id, .. _siblings.Select(s => s.Id), .. _replays.Select(r => r.Id)];
        _details = details;
    }

    // The history counts from when an execution was made
    private static DateTimeOffset? KeptUntil(JobView job, RetentionSettings retention)
    {
        var days = job.State switch { JobState.Succeeded => retention.SucceededDays, JobState.Failed => retention.DeadLetteredDays, JobState.Deleted => retention.CancelledDays, _ => 0 };
        return days > 0 ? job.Execution.CreatedAt.AddDays(days) : null; // 0 keeps it for ever
    }

    private static string? RequeueWord(JobView job) => job.State switch
    {
        JobState.Enqueued => null,
        JobState.Scheduled or JobState.AwaitingRetry => "Enqueue now",
        _ => "Requeue",
    };

    private void Toggle(int number)
    {
        if (!_open.Remove(number)) _open.Add(number);
    }

    private async Task RequeueAsync()
    {
        var state = _details!.Job.State;
        var kind = JobListKind.All.First(k => k.State == state);
        if (kind.AsksBeforeRequeue && !await Dialogs.AskAsync("Requeue this job?", kind.RequeueText(1), "Requeue the job")) return;
        await ActAsync(actor => Jobs.RequeueAsync(Id, state, actor, Disposed));
    }

    private async Task DeleteAsync()
    {
        var state = _details!.Job.State;
        var kind = JobListKind.All.First(k => k.State == state);
        if (await Dialogs.AskAsync("Delete this job?", "It can be requeued later, as long as the history keeps it.", "Delete the job", kind.Losses, isDangerous: true))
            await ActAsync(actor => Jobs.DeleteAsync(Id, state, actor, Disposed));
    }

    private async Task ActAsync(Func<string?, Task<BulkOutcome>> act)
    {
        (_isBusy, _problem, _madeId) = (true, null, null);
        var result = await Commands.RunAsync<BulkOutcome>(Permissions.ManageJobs, async user =>
        {
            var outcome = await act(user.Actor());
            return outcome.Refusal is { } refusal ? refusal : outcome;
        });
        (_isBusy, _problem, _madeId) = (false, result.Refusal is { } refused ? Refusals.InWords(refused) : null, result.Value.Made);
        Counters.Renew();
        await ReloadAsync();
    }
}
