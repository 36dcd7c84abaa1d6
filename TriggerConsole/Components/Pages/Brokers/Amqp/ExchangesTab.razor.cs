using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

public sealed partial class ExchangesTab
{
    private const int PageSize = 50;

    private PageOf<AmqpExchangeView> _page = new([], 0, 1, PageSize);
    private IDisposable? _watching;
    private Guid? _checking;
    private string _said = "";

    /// <summary>Text in the name. From the page's URL; a part that comes and goes with it cannot ask for it itself.</summary>
    [Parameter] public string? Q { get; set; }

    [Parameter] public int? Page { get; set; }

    [Parameter, EditorRequired] public required BrokerRow Broker { get; set; }

    [Parameter] public bool MayEdit { get; set; }

    [Inject] private AmqpExchangeQueries Exchanges { get; set; } = default!;

    [Inject] private AmqpExchangeCommands ExchangeCommands { get; set; } = default!;

    [Inject] private BrokerFeed Brokers { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    // What a new connection finds out of exchanges is said by no feed
    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(3);

    private bool HasFilter => !string.IsNullOrEmpty(Q);

    private string NewUrl => $"/brokers/amqp/{Broker.Id}/exchanges/new";

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive) return;
        _watching = Brokers.OnChanged(change =>
        {
            if (change.BrokerId == Broker.Id) Signal();
        });
    }

    protected override bool Concerns(FeedChange change) => false;

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var page = await Exchanges.ListAsync(Broker.Id, Q, Math.Clamp(Page ?? 1, 1, 100_000), PageSize, cancellationToken);
        if (isRefresh) _said = Changes(_page.Items, page.Items);
        _page = page;
    }

    /// <summary>What has changed, for those who do not see it.</summary>
    internal static string Changes(IReadOnlyList<AmqpExchangeView> before, IReadOnlyList<AmqpExchangeView> now)
    {
        var states = before.ToDictionary(e => e.Id, e => e.Status.State);
        return string.Join(" ", now.Where(e => states.TryGetValue(e.Id, out var was) && was != e.Status.State).Select(e => $"{e.Name}: {AmqpExchangeWords.Word(e.Status.State).ToLowerInvariant()}."));
    }

    protected override void Dispose(bool disposing)
    {
        _watching?.Dispose();
        base.Dispose(disposing);
    }

    private async Task CheckAsync(AmqpExchangeView exchange)
    {
        _checking = exchange.Id;
        var result = await Commands.RunAsync(Permissions.EditBrokers, _ => ExchangeCommands.CheckAsync(exchange.Id, CancellationToken.None));
        _checking = null;
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else _said = $"{exchange.Name}: {AmqpExchangeWords.Word(result.Value!.Status.State).ToLowerInvariant()}.";
        await ReloadAsync();
    }

    private static string UrlOf(AmqpExchangeView exchange) => ExchangeUrls.Of(exchange.BrokerId, exchange.Id);
}
