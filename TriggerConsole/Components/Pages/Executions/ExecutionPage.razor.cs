using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;
using Dispatcher = TriggerConsole.Core.Executions.Dispatch.Dispatcher;

namespace TriggerConsole.Components.Pages.Executions;

public sealed partial class ExecutionPage
{
    private readonly Dictionary<int, bool> _open = [];
    private ExecutionDetails? _details;
    private ExecutionStory? _story;
    private BrokerRow? _broker;
    private IDisposable? _watching;
    private EventView? _event;
    private ScheduleOrigin? _schedule;
    private IReadOnlyList<ExecutionView> _siblings = [];
    private IReadOnlyList<ReplayView> _replays = [];
    private IReadOnlyList<StripStep> _strip = [];
    private volatile HashSet<Guid> _related = [];
    private Guid? _shown;
    private Guid? _replayedAs;
    private string? _problem;
    private bool _isBusy;

    [Parameter] public Guid Id { get; set; }

    /// <summary>The two attempts that are compared.</summary>
    [SupplyParameterFromQuery] public int? A { get; set; }

    [SupplyParameterFromQuery] public int? B { get; set; }

    /// <summary>The payload is being edited for a replay.</summary>
    [SupplyParameterFromQuery] public bool? Edit { get; set; }

    [Inject] private ExecutionQueries Queries { get; set; } = default!;

    [Inject] private EventQueries Events { get; set; } = default!;

    [Inject] private ScheduleQueries Schedules { get; set; } = default!;

    [Inject] private ExecutionCommands Executions { get; set; } = default!;

    [Inject] private ReplayCommands Replays { get; set; } = default!;

    [Inject] private BrokerRows Brokers { get; set; } = default!;

    [Inject] private BrokerFeed BrokerFeed { get; set; } = default!;

    [Inject] private TriggerDirectory Triggers { get; set; } = default!;

    [Inject] private Dispatcher Dispatcher { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    private string Name
    {
        get
        {
            var execution = _details!.Execution;
            var trigger = execution.TriggerName ?? (execution.TriggerId is null ? "Test of unsaved settings" : "Deleted trigger");
            return execution.CallbackName is { } callback ? $"{callback} → {trigger}" : trigger;
        }
    }

    private bool HasTrigger => _details?.Execution.TriggerId is { } id && Triggers.Find(id) is not null;

    private (AttemptView Before, AttemptView After)? Compared
        => A is { } a && B is { } b && a != b && Find(Math.Min(a, b)) is { } before && Find(Math.Max(a, b)) is { } after ? (before, after) : null;

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive) return;
        Triggers.Changed += TriggerChanged;
        Dispatcher.CircuitMoved += CircuitMoved;
        _watching = BrokerFeed.OnChanged(_ =>
        {
            if (_details?.Execution is { FinishedAt: null, Kind: not TriggerKind.Http }) Signal();
        });
    }

    protected override bool Concerns(FeedChange change) => change.Truncated || change.Changes.Any(c => _related.Contains(c.ExecutionId));

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        if (_shown != Id)
        {
            // From one execution to another: what was opened or said belongs to the one before
            (_shown, _replayedAs, _problem, _event) = (Id, null, null, null);
            _open.Clear();
        }
        var details = await Queries.FindAsync(Id, cancellationToken);
        if (details is not null)
        {
            // An event never changes
            if (_event?.Id != details.Execution.EventId)
            {
                _event = (await Events.FindAsync(details.Execution.EventId, cancellationToken))?.Event;
                _schedule = _event?.Origin == EventOrigin.Schedule ? await Schedules.OfEventAsync(_event.Id, cancellationToken) : null;
            }
            _siblings = [.. (await Queries.OfEventAsync(details.Execution.EventId, cancellationToken)).Where(e => e.Id != Id)];
            _replays = [.. (await Queries.ReplaysOfAsync([Id], cancellationToken))[Id]];
            _strip = ExecutionStrip.Of(details.Execution, _event?.ReceivedAt, details.Attempts);
            _broker = BrokerOf(details.Execution);
            _story = ExecutionStory.Of(details.Execution, CircuitOf(details.Execution), Time.GetUtcNow(), _broker);
        }
        _related = [Id, .. _siblings.Select(s => s.Id), .. _replays.Select(r => r.Id)];
        _details = details;
    }

    protected override void Dispose(bool disposing)
    {
        Triggers.Changed -= TriggerChanged;
        Dispatcher.CircuitMoved -= CircuitMoved;
        _watching?.Dispose();
        base.Dispose(disposing);
    }

    private CircuitView? CircuitOf(ExecutionView execution)
        => execution.FinishedAt is null && execution.TriggerId is { } id && Triggers.Find(id) is { } trigger
            ? Dispatcher.OpenCircuits.FirstOrDefault(c => c.Target == trigger.Prepared.TargetKey) : null;

    private BrokerRow? BrokerOf(ExecutionView execution)
        => execution.FinishedAt is null && execution.TriggerId is { } id && Triggers.Find(id) is { } trigger && Brokers.Of(trigger) is { Health: not BrokerHealth.Connected } broker ? broker : null;

    private void TriggerChanged(RuntimeTrigger trigger)
    {
        if (trigger.Id == _details?.Execution.TriggerId) Signal();
    }

    private void CircuitMoved(CircuitView circuit)
    {
        if (_details?.Execution.FinishedAt is null) Signal();
    }

    private AttemptView? Find(int number) => _details?.Attempts.FirstOrDefault(a => a.Number == number);

    // The newest is what most readers come for
    private bool IsOpen(int number) => _open.TryGetValue(number, out var open) ? open : number == _details!.Attempts[0].Number;

    private async Task RevealAsync(int number)
    {
        _open[number] = true;
        StateHasChanged();
        await Browser.InvokeVoidAsync("tc.reveal", $"attempt-{number}");
    }

    private void Compare((int? A, int? B) pair) => Navigation.SetQuery(new() { ["a"] = pair.A, ["b"] = pair.B });

    private void SetEditing(bool isEditing) => Navigation.SetQuery(new() { ["edit"] = isEditing ? true : null });

    private async Task RetryAsync() => await ActAsync(user => Executions.RetryAsync(Id, user.Actor(), Disposed));

    private async Task ReplayAsync() => _replayedAs = (await ActAsync(user => Replays.ReplayAsync(Id, null, user.Actor(), Disposed)))?.ExecutionId;

    private async Task EditedAsync(Guid newId)
    {
        SetEditing(false);
        await ReloadAsync();
        _replayedAs = newId;
    }

    private async Task CancelAsync()
    {
        var sure = await Dialogs.AskAsync(
            "Cancel this execution?", "Nothing more is sent for it. A try under way is broken off; the target may have received it all the same. You can retry it later.", "Cancel the execution", isDangerous: true);
        if (sure) await ActAsync(user => Executions.CancelAsync(Id, user.Actor(), Disposed));
    }

    private async Task<T?> ActAsync<T>(Func<ClaimsPrincipal, Task<CommandResult<T>>> command)
    {
        (_isBusy, _problem, _replayedAs) = (true, null, null);
        var result = await Commands.RunAsync(Permissions.Run, command);
        (_isBusy, _problem) = (false, result.Refusal?.Message);
        await ReloadAsync();
        return result.Value;
    }
}
