using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>The page of one broker of any protocol: loads it, follows its connection, and carries out what is done with it as a whole.</summary>
public abstract class BrokerPageBase<TView, TForm> : LiveComponent
    where TView : class, IBrokerView
    where TForm : BrokerFormState
{
    protected const string SettingsTab = "settings";
    protected const string PublishTab = "publish";

    private IDisposable? _watching;

    [Parameter] public Guid Id { get; set; }

    [SupplyParameterFromQuery] public string? Tab { get; set; }

    [CascadingParameter] public Task<AuthenticationState>? User { get; set; }

    protected TView? Broker { get; private set; }

    protected BrokerRow? Row { get; private set; }

    /// <summary>There once the broker is.</summary>
    protected TForm Form { get; private set; } = default!;

    protected IReadOnlyList<RuntimeTrigger> Uses { get; private set; } = [];

    /// <summary>Executions that wait for it.</summary>
    protected int Waiting { get; private set; }

    protected bool MayEdit { get; private set; }

    protected bool IsBusy { get; private set; }

    /// <summary>What has changed, for those who do not see it.</summary>
    protected string? Said { get; private set; }

    /// <summary>The tab that is shown; empty for the first.</summary>
    protected string Shown => Tab is SettingsTab or PublishTab && !MayEdit ? "" : Tab ?? "";

    protected string SeeWaitingUrl => Uses is [var only] ? $"/executions?trigger={only.Id}&range=all" : $"/executions?kind={Row?.Kind}&status=Queued&range=all";

    protected override TimeSpan Interval => TimeSpan.FromSeconds(1);

    protected override TimeSpan? Heartbeat => TimeSpan.FromSeconds(5);

    [Inject] private BrokerRows Rows { get; set; } = default!;

    [Inject] private BrokerFeed Feeds { get; set; } = default!;

    [Inject] private TriggerDirectory Triggers { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected abstract Task<TView?> FindAsync(CancellationToken cancellationToken);

    protected abstract TForm FormOf(TView broker);

    /// <summary>Reads what the shown tab shows besides the broker.</summary>
    protected virtual Task LoadTabAsync(BrokerRow row, bool isRefresh, CancellationToken cancellationToken) => Task.CompletedTask;

    protected abstract Task<CommandResult<TView>> SwitchBrokerAsync(bool on);

    /// <summary>Saves the form; null when something in it cannot be read, which it says itself.</summary>
    protected abstract Task<CommandResult<TView>>? SaveForm();

    /// <summary>Connects once with what the form says; null as with <see cref="SaveForm"/>.</summary>
    protected abstract Task<CommandResult<ConnectionTest>>? TestForm();

    protected abstract Task<CommandResult<bool>> DeleteBrokerAsync();

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive) return;
        _watching = Feeds.OnChanged(change =>
        {
            if (change.BrokerId == Id) Signal();
        });
    }

    protected override bool Concerns(FeedChange change)
        => change.Truncated || change.Changes.Any(c => c.TriggerId is not { } trigger || Triggers.Find(trigger)?.Prepared.TargetKey == Row?.TargetKey);

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        MayEdit = User is not null && (await User).User.May(Permissions.EditBrokers);
        var broker = await FindAsync(cancellationToken);
        // What is being edited is not taken away by a change that comes in meanwhile
        if (broker is not null && (Broker?.Id != broker.Id || !Form.IsDirty && Form.Version != broker.Version)) Form = FormOf(broker);
        var row = broker is null ? null : Rows.Find(Id);
        if (isRefresh && row is not null && Row is not null && row.Health != Row.Health) Said = $"{row.Name}: {BrokerWords.Word(row.Health).ToLowerInvariant()}.";
        (Broker, Row) = (broker, row);
        if (row is null) return;
        Uses = Rows.TriggersOf(row);
        Waiting = row.Health == BrokerHealth.Connected ? 0 : await Rows.WaitingAsync(row, cancellationToken);
        await LoadTabAsync(row, isRefresh, cancellationToken);
    }

    protected async Task SwitchAsync(bool on)
    {
        var result = await Commands.RunAsync(Permissions.EditBrokers, _ => SwitchBrokerAsync(on));
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else
        {
            Form.Switched(result.Value!.Version, result.Value.Enabled);
            Said = on ? $"{result.Value.Name} is switched on; the connection is being made." : $"{result.Value.Name} is switched off: messages wait.";
        }
        await ReloadAsync();
    }

    protected async Task<Refusal?> SaveAsync()
    {
        var result = await Commands.RunAsync(Permissions.EditBrokers, _ => SaveForm() ?? Task.FromResult<CommandResult<TView>>(Form.AsRefusal()));
        if (result.Refusal is { } refusal) return refusal;
        (Broker, Form) = (result.Value!, FormOf(result.Value!));
        Notifications.Done("Saved.");
        await ReloadAsync();
        StateHasChanged();
        return null;
    }

    protected Task<CommandResult<ConnectionTest>> TestAsync()
        => Commands.RunAsync(Permissions.Test, _ => TestForm() ?? Task.FromResult<CommandResult<ConnectionTest>>(Form.AsRefusal()));

    protected async Task DeleteAsync()
    {
        var name = Broker!.Name;
        var losses = new[] { "The connection is closed, and its stored password and keys are erased.", "No trigger uses it.", "What was sent stays in the history until its time is over." };
        if (!await Dialogs.AskAsync($"Delete {name}?", "This cannot be undone.", "Delete the broker", losses, isDangerous: true)) return;
        IsBusy = true;
        var result = await Commands.RunAsync(Permissions.EditBrokers, _ => DeleteBrokerAsync());
        IsBusy = false;
        if (result.Refusal is { } refusal)
        {
            Notifications.Refused(refusal);
            await ReloadAsync();
            return;
        }
        Notifications.Done($"{name} is deleted.");
        Form.MarkSaved(); // nothing is left to save
        StateHasChanged();
        Navigation.NavigateTo("/brokers");
    }

    /// <summary>To another tab of this page: nothing typed is lost.</summary>
    protected bool IsThisPage(string location) => Navigation.ToAbsoluteUri(location).AbsolutePath == new Uri(Navigation.Uri).AbsolutePath;

    protected override void Dispose(bool disposing)
    {
        _watching?.Dispose();
        base.Dispose(disposing);
    }
}
