using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;
using TriggerConsole.Api;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Callbacks;

/// <summary>One callback. What can be done with it is in <c>CallbackPage.Commands.cs</c>.</summary>
public sealed partial class CallbackPage
{
    private const int MostEvents = 10;
    private const int MostTriggers = 200;
    private const int MostRejections = 100;
    private static readonly TimeSpan s_lately = TimeSpan.FromDays(1);

    private CallbackView? _callback;
    private CallbackFormState _form = new();
    private IReadOnlyList<TriggerView> _triggers = [];
    private Dictionary<Guid, ExecutionView> _last = [];
    private IReadOnlyList<EventView> _events = [];
    private IReadOnlyList<Rejection> _rejections = [];
    private Guid? _freshAfter;
    private int _refused;
    private string? _token;
    private IReadOnlyList<string> _secretNames = [];
    private bool _mayEdit;
    private bool _mayOperate;

    [Parameter] public Guid Id { get; set; }

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    [CascadingParameter] public Task<AuthenticationState>? User { get; set; }

    [Inject] private CallbackQueries Queries { get; set; } = default!;

    [Inject] private TriggerQueries TriggerQueries { get; set; } = default!;

    [Inject] private TriggerDirectory Triggers { get; set; } = default!;

    [Inject] private EventQueries Events { get; set; } = default!;

    [Inject] private ExecutionQueries Executions { get; set; } = default!;

    [Inject] private SecretStore Secrets { get; set; } = default!;

    [Inject] private CallbackUrls Urls { get; set; } = default!;

    [Inject] private IOptions<IngressOptions> Options { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(10);

    private string Shown => Tab == "settings" && !_mayEdit ? "" : Tab ?? "";

    private TabBar.TabLink[] Tabs => [
        new("", "Overview"),
        new("refused", "Refused", _refused == 0 ? null : RefusalWords.Count(_refused), "Refused requests in the last 24 hours"),
        .. _mayEdit ? [new TabBar.TabLink("settings", "Settings")] : Array.Empty<TabBar.TabLink>()];

    protected override bool Concerns(FeedChange change)
        => change.EventsAccepted > 0 || change.Truncated || change.Changes.Any(c => c.TriggerId is { } trigger && Triggers.Find(trigger)?.CallbackId == Id);

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var user = User is null ? null : (await User).User;
        (_mayEdit, _mayOperate) = (user?.May(Permissions.EditCallbacks) == true, user?.May(Permissions.Run) == true);
        var callback = await Queries.FindAsync(Id, cancellationToken);
        // What is being edited is not taken away by a change that comes in meanwhile
        if (callback is not null && (_callback?.Id != callback.Id || !_form.IsDirty)) _form = CallbackFormState.Of(callback);
        if (_callback?.Id != callback?.Id) _token = null;
        _callback = callback;
        if (callback is null) return;

        _triggers = (await TriggerQueries.ListAsync(null, Id, null, 1, MostTriggers, cancellationToken)).Items;
        var last = new Dictionary<Guid, ExecutionView>();
        foreach (var trigger in _triggers)
            if ((await Executions.ListAsync(new() { TriggerId = trigger.Id }, null, 1, cancellationToken)).Items is [var newest]) last[trigger.Id] = newest;
        _last = last;
        _freshAfter = isRefresh && _events is [var newestShown, ..] ? newestShown.Id : null;
        _events = (await Events.ListAsync(Id, null, null, null, MostEvents, cancellationToken)).Items;
        _refused = (await Queries.ActivityAsync([Id], Time.GetUtcNow() - s_lately, cancellationToken))[Id].Refused;
        if (Shown == "settings" && !isRefresh) _secretNames = [.. (await Secrets.ListAsync(cancellationToken)).Select(s => s.Name)];
        if (Shown == "refused") _rejections = await Queries.RejectionsAsync(Id, MostRejections, cancellationToken);
    }

    private string UrlOf(string path) => Urls.Of(Id, path.Length == 0 ? null : path, Navigation.BaseUri);
}
