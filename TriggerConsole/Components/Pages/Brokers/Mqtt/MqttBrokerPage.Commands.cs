using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

public sealed partial class MqttBrokerPage
{
    private string? _said;
    private bool _isBusy;

    [Inject] private MqttBrokerCommands Brokers { get; set; } = default!;

    [Inject] private MqttBrokerTester Tester { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    private async Task SwitchAsync(bool on)
    {
        var result = await Commands.RunAsync(Policies.Editor, _ => Brokers.UpdateAsync(Id, new() { Enabled = on }, CancellationToken.None));
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else
        {
            _form.Switched(result.Value!);
            _said = on ? $"{result.Value!.Name} is switched on; the connection is being made." : $"{result.Value!.Name} is switched off: messages wait.";
        }
        await ReloadAsync();
    }

    private async Task<Refusal?> SaveAsync()
    {
        if (_form.ToInput() is not { } input) return null;
        var result = await Commands.RunAsync(Policies.Editor, _ => Brokers.UpdateAsync(Id, input, CancellationToken.None));
        if (result.Refusal is { } refusal) return refusal;
        (_view, _form) = (result.Value!, MqttBrokerFormState.Of(result.Value!));
        Notifications.Done("Saved.");
        await ReloadAsync();
        StateHasChanged();
        return null;
    }

    private async Task<CommandResult<ConnectionTest>> TestAsync()
        => _form.ToInput() is { } input
            ? await Commands.RunAsync(Policies.Editor, _ => Tester.TestAsync(Id, input, CancellationToken.None))
            : new Refusal.Invalid([.. _form.Errors.Select(e => new FieldError(e.Key, e.Value))]);

    private async Task DeleteAsync()
    {
        var losses = new[] { "The connection is closed, and its stored password and keys are erased.", "No trigger uses it.", "What was sent stays in the history until its time is over." };
        if (!await Dialogs.AskAsync($"Delete {_view!.Name}?", "This cannot be undone.", "Delete the broker", losses, isDangerous: true)) return;
        _isBusy = true;
        var result = await Commands.RunAsync(Policies.Editor, _ => Brokers.DeleteAsync(Id, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is { } refusal)
        {
            Notifications.Refused(refusal);
            await ReloadAsync();
            return;
        }
        Notifications.Done($"{_view.Name} is deleted.");
        _form = MqttBrokerFormState.Of(_view); // nothing is left to save
        StateHasChanged();
        Navigation.NavigateTo("/brokers");
    }

    private bool IsThisPage(string location) => Navigation.ToAbsoluteUri(location).AbsolutePath == new Uri(Navigation.Uri).AbsolutePath;
}
