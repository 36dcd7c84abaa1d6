using Microsoft.AspNetCore.Components;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>All brokers, with what their connections are doing.</summary>
public sealed partial class BrokersPage
{
    private PageOf<BrokerRow> _page = new([], 0, 1, BrokerRows.PageSize);
    private IReadOnlyDictionary<Guid, IReadOnlyList<RuntimeTrigger>> _uses = new Dictionary<Guid, IReadOnlyList<RuntimeTrigger>>();
    private IReadOnlyDictionary<Guid, int> _waiting = new Dictionary<Guid, int>();
    private IDisposable? _watching;
    private string _said = "";

    /// <summary><c>Mqtt</c>, <c>Amqp</c>, or nothing for all.</summary>
    [SupplyParameterFromQuery] public string? Kind { get; set; }

    /// <summary><c>connected</c>, <c>down</c>, <c>blocked</c>, <c>off</c>, or nothing for all.</summary>
    [SupplyParameterFromQuery] public string? State { get; set; }

    [SupplyParameterFromQuery] public string? Q { get; set; }

    [SupplyParameterFromQuery] public int? Page { get; set; }

    [Inject] private BrokerRows Rows { get; set; } = default!;

    [Inject] private BrokerFeed Brokers { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    // Round trips and messages in flight change without a word
    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(5);

    private bool HasFilter => !string.IsNullOrEmpty(Kind) || !string.IsNullOrEmpty(State) || !string.IsNullOrEmpty(Q);

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) _watching = Brokers.OnChanged(_ => Signal());
    }

    // What waits is counted again with the heartbeat: executions that pass through are not news of a broker
    protected override bool Concerns(FeedChange change) => false;

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var page = Rows.List(Enum.TryParse<TriggerKind>(Kind, ignoreCase: true, out var kind) ? kind : null, Q, State, Math.Clamp(Page ?? 1, 1, 100_000));
        var waiting = new Dictionary<Guid, int>();
        foreach (var broker in page.Items.Where(b => b.Health is not (BrokerHealth.Connected or BrokerHealth.Connecting))) waiting[broker.Id] = await Rows.WaitingAsync(broker, cancellationToken);
        _said = isRefresh ? Changes(_page.Items, page.Items) : "";
        (_page, _waiting, _uses) = (page, waiting, page.Items.ToDictionary(b => b.Id, Rows.TriggersOf));
    }

    /// <summary>What has changed, for those who do not see it.</summary>
    internal static string Changes(IReadOnlyList<BrokerRow> before, IReadOnlyList<BrokerRow> now)
    {
        var states = before.ToDictionary(b => b.Id, b => b.Health);
        return string.Join(" ", now.Where(b => states.TryGetValue(b.Id, out var was) && was != b.Health).Select(b => $"{b.Name}: {BrokerWords.Word(b.Health).ToLowerInvariant()}."));
    }

    protected override void Dispose(bool disposing)
    {
        _watching?.Dispose();
        base.Dispose(disposing);
    }

    private void Set(string name, object? value) => Navigation.SetQuery(new() { [name] = value?.ToString(), ["page"] = null });
}
