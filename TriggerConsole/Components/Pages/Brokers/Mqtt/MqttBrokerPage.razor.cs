using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>One MQTT broker. What can be done with it is in <c>MqttBrokerPage.Commands.cs</c>.</summary>
public sealed partial class MqttBrokerPage
{
    private const int MostMessages = 20;
    private const int MostNamed = 5;

    private MqttBrokerView? _view;
    private BrokerRow? _row;
    private MqttBrokerFormState _form = new();
    private IReadOnlyList<RuntimeTrigger> _triggers = [];
    private IReadOnlyList<MqttLogEntry> _messages = [];
    private IDisposable? _watching;
    private DateTimeOffset? _freshAfter;
    private int _waiting;
    private bool _mayEdit;

    [Parameter] public Guid Id { get; set; }

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    [CascadingParameter] public Task<AuthenticationState>? User { get; set; }

    [Inject] private MqttBrokerQueries Queries { get; set; } = default!;

    [Inject] private MqttLogQueries Log { get; set; } = default!;

    [Inject] private BrokerRows Rows { get; set; } = default!;

    [Inject] private BrokerFeed Feeds { get; set; } = default!;

    [Inject] private TriggerDirectory Triggers { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(5);

    private string Shown => Tab is "settings" or "publish" && !_mayEdit ? "" : Tab ?? "";

    private TabBar.TabLink[] Tabs => [
        new("", "Overview"),
        .. _mayEdit ? [new TabBar.TabLink("publish", "Publish"), new TabBar.TabLink("settings", "Settings")] : Array.Empty<TabBar.TabLink>()];

    // Of a broker that is away it is known only when it was fixed
    private bool SpeaksOld => _row is { } row && (row.Status.ProtocolVersion ?? (_view?.ProtocolVersion == MqttProtocolVersion.V311 ? "3.1.1" : null)) == "3.1.1";

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive) return;
        _watching = Feeds.OnChanged(change =>
        {
            if (change.BrokerId == Id) Signal();
        });
    }

    protected override bool Concerns(FeedChange change)
        => change.Truncated || change.Changes.Any(c => c.TriggerId is not { } trigger || Triggers.Find(trigger)?.Prepared.TargetKey == _row?.TargetKey);

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var role = User is null ? null : (await User).User.RoleOf();
        _mayEdit = role >= Role.Editor;
        var view = await Queries.FindAsync(Id, cancellationToken);
        // What is being edited is not taken away by a change that comes in meanwhile
        if (view is not null && (_view?.Id != view.Id || !_form.IsDirty && _form.Version != view.Version)) _form = MqttBrokerFormState.Of(view);
        var row = view is null ? null : Rows.Find(Id);
        if (isRefresh && row is not null && _row is not null && row.Health != _row.Health) _said = $"{row.Name}: {BrokerWords.Word(row.Health).ToLowerInvariant()}.";
        (_view, _row) = (view, row);
        if (row is null) return;
        _triggers = Rows.TriggersOf(row);
        _waiting = row.Health == BrokerHealth.Connected ? 0 : await Rows.WaitingAsync(row, cancellationToken);
        if (Shown.Length > 0) return;
        _freshAfter = isRefresh && _messages is [var newest, ..] ? newest.CreatedAt : null;
        _messages = (await Log.ListAsync(new() { BrokerId = Id }, null, MostMessages, cancellationToken)).Items;
    }

    protected override void Dispose(bool disposing)
    {
        _watching?.Dispose();
        base.Dispose(disposing);
    }
}
