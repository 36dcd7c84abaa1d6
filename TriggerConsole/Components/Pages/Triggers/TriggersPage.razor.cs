using System.Globalization;
using Microsoft.AspNetCore.Components;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers;

/// <summary>All triggers: what each does, and how it fares.</summary>
public sealed partial class TriggersPage
{
    private PageOf<TriggerRow> _rows = new([], 0, 1, TriggerRows.PageSize);
    private string? _problem;
    private string _said = "";

    [SupplyParameterFromQuery] public string? Kind { get; set; }

    [SupplyParameterFromQuery] public string? Callback { get; set; }

    [SupplyParameterFromQuery] public string? Q { get; set; }

    [SupplyParameterFromQuery] public string? Page { get; set; }

    [Inject] private TriggerRows Rows { get; set; } = default!;

    [Inject] private TriggerKinds Kinds { get; set; } = default!;

    [Inject] private TriggerCommands Commands { get; set; } = default!;

    [Inject] private CallbackDirectory Callbacks { get; set; } = default!;

    [Inject] private PageCommands PageCommands { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected override TimeSpan Interval => TimeSpan.FromSeconds(2);

    private bool HasFilter => !string.IsNullOrEmpty(Kind) || !string.IsNullOrEmpty(Callback) || !string.IsNullOrEmpty(Q);

    // A new one belongs to the callback whose triggers are shown
    private string NewUrl => $"/triggers/new{(Guid.TryParse(Callback, out var id) ? $"?callbackId={id}" : "")}";

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        var page = int.TryParse(Page, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, 100_000) : 1;
        _rows = await Rows.ListAsync(
            Enum.TryParse<TriggerKind>(Kind, ignoreCase: true, out var kind) ? kind : null, Guid.TryParse(Callback, out var callback) ? callback : null, Q, page, cancellationToken);
    }

    private async Task SetEnabledAsync(TriggerView trigger, bool enabled)
    {
        if (await ActAsync(Permissions.EditTriggers, () => Commands.SetEnabledAsync(trigger.Id, enabled, Disposed)))
            _said = enabled ? $"{trigger.Name} takes events." : $"{trigger.Name} is off: new events are skipped.";
    }

    private async Task SetPausedAsync(TriggerView trigger)
    {
        if (await ActAsync(Permissions.Pause, () => Commands.SetPausedAsync(trigger.Id, !trigger.Paused, Disposed)))
            _said = trigger.Paused ? $"{trigger.Name} resumed: what was held runs now." : $"{trigger.Name} paused: events are accepted and held.";
    }

    private async Task<bool> ActAsync(string policy, Func<Task<CommandResult<TriggerView>>> command)
    {
        _problem = (await PageCommands.RunAsync(policy, _ => command())).Refusal?.Message;
        await ReloadAsync();
        return _problem is null;
    }

    private void Open(TriggerView trigger) => Navigation.NavigateTo($"/triggers/{trigger.Id}");

    private void Set(string name, object? value) => Navigation.SetQuery(new() { [name] = value?.ToString(), ["page"] = null });
}
