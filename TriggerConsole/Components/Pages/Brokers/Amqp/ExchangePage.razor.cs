using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>One exchange: how it stands with it at the broker, what is bound to it, and what it is.</summary>
public sealed partial class ExchangePage
{
    private const string SettingsTab = "settings";

    private AmqpExchangeView? _exchange;
    private BrokerRow? _broker;
    private AmqpExchangeFormState _form = new();
    private IReadOnlyList<RuntimeTrigger> _triggers = [];
    private IDisposable? _watching;
    private string? _said;
    private bool _mayEdit;
    private bool _isBusy;

    [Parameter] public Guid BrokerId { get; set; }

    [Parameter] public Guid Id { get; set; }

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    /// <summary>A routing key to bind with, from the link of a message that was not routed.</summary>
    [SupplyParameterFromQuery] public string? Key { get; set; }

    [CascadingParameter] public Task<AuthenticationState>? User { get; set; }

    [Inject] private AmqpExchangeQueries Exchanges { get; set; } = default!;

    [Inject] private AmqpExchangeCommands ExchangeCommands { get; set; } = default!;

    [Inject] private AmqpExchangeUses Uses { get; set; } = default!;

    [Inject] private BrokerRows Rows { get; set; } = default!;

    [Inject] private BrokerFeed Brokers { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    // What a new connection finds out of exchanges is said by no feed
    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(3);

    private string Shown => Tab == SettingsTab && _mayEdit ? SettingsTab : "";

    private TabBar.TabLink[] Tabs => [new("", "Bindings", _exchange?.Bindings is > 0 and var count ? Format.Number(count) : null, "Bindings made here"), .. _mayEdit ? [new TabBar.TabLink(SettingsTab, "Settings")] : Array.Empty<TabBar.TabLink>()];

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive) return;
        _watching = Brokers.OnChanged(change =>
        {
            if (change.BrokerId == BrokerId) Signal();
        });
    }

    protected override bool Concerns(FeedChange change) => false;

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        _mayEdit = User is not null && (await User).User.May(Permissions.EditBrokers);
        var exchange = await Exchanges.FindAsync(Id, cancellationToken);
        if (exchange is not null && exchange.BrokerId != BrokerId) exchange = null; // the address is not its own
        // What is being edited is not taken away by a change that comes in meanwhile
        if (exchange is not null && (_exchange?.Id != exchange.Id || !_form.IsDirty && _form.Version != exchange.Version)) _form = AmqpExchangeFormState.Of(exchange);
        if (isRefresh && exchange is not null && _exchange is not null && exchange.Status.State != _exchange.Status.State) Say(exchange);
        (_exchange, _broker) = (exchange, Rows.Find(BrokerId));
        _triggers = exchange is null ? [] : Uses.Of(Id);
    }

    protected override void Dispose(bool disposing)
    {
        _watching?.Dispose();
        base.Dispose(disposing);
    }

    private async Task CheckAsync()
    {
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.EditBrokers, _ => ExchangeCommands.CheckAsync(Id, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else Say(result.Value!);
        await ReloadAsync();
    }

    private async Task<Refusal?> SaveAsync()
    {
        if (_form.ToInput(BrokerId) is not { } input) return _form.AsRefusal();
        var result = await Commands.RunAsync(Permissions.EditBrokers, _ => ExchangeCommands.UpdateAsync(Id, input, CancellationToken.None));
        if (result.Refusal is { } refusal) return refusal;
        (_exchange, _form) = (result.Value!, AmqpExchangeFormState.Of(result.Value!));
        Notifications.Done("Saved.");
        await ReloadAsync();
        StateHasChanged();
        return null;
    }

    private async Task TakeOverAsync()
    {
        _isBusy = true;
        _form.TakeOver(_exchange!.Status.Actual!);
        var refusal = await SaveAsync();
        _isBusy = false;
        if (refusal is null) return;
        Notifications.Refused(refusal);
        _form = AmqpExchangeFormState.Of(_exchange!);
        await ReloadAsync();
    }

    private async Task DeleteAsync(bool atBroker)
    {
        _isBusy = true;
        var name = _exchange!.Name;
        var result = await Commands.RunAsync(Permissions.EditBrokers, _ => ExchangeCommands.DeleteAsync(Id, atBroker, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is { } refusal)
        {
            Notifications.Refused(refusal);
            await ReloadAsync();
            return;
        }
        Notifications.Done(atBroker ? $"{name} is deleted, here and at the broker." : $"{name} is no longer known here.");
        _form.MarkSaved(); // nothing is left to save
        StateHasChanged();
        Navigation.NavigateTo(ExchangeUrls.List(BrokerId));
    }

    private void Say(AmqpExchangeView exchange) => _said = $"{exchange.Name}: {AmqpExchangeWords.Word(exchange.Status.State).ToLowerInvariant()}. {exchange.Status.Detail}";

    private bool IsThisPage(string location) => Navigation.ToAbsoluteUri(location).AbsolutePath == new Uri(Navigation.Uri).AbsolutePath;
}
