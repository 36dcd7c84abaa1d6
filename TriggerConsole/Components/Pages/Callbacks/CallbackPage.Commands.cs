using Microsoft.AspNetCore.Components;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Events;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Callbacks;

public sealed partial class CallbackPage
{
    private const int MostWaitingCounted = 10_000;

    private string? _said;
    private bool _isBusy;

    [Inject] private CallbackCommands Callbacks { get; set; } = default!;

    [Inject] private TriggerCommands TriggerCommands { get; set; } = default!;

    [Inject] private CallbackSender Sender { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    private Task SwitchAsync(bool on) => DoAsync(Permissions.EditCallbacks,
        () => Callbacks.UpdateAsync(Id, new() { Enabled = on }, CancellationToken.None),
        c =>
        {
            _form.Switched(c);
            return on ? $"{c.Name} takes events now." : $"{c.Name} is switched off: requests are refused.";
        });

    private Task SwitchTriggerAsync((Guid Id, bool On) wanted) => DoAsync(Permissions.EditTriggers,
        () => TriggerCommands.SetEnabledAsync(wanted.Id, wanted.On, CancellationToken.None),
        t => wanted.On ? $"{t.Name} fires from the next event on." : $"{t.Name} is switched off: new events skip it.");

    private Task ResumeAsync(Guid trigger) => DoAsync(Permissions.Pause,
        () => TriggerCommands.SetPausedAsync(trigger, paused: false, CancellationToken.None),
        t => $"{t.Name} goes on with what waited.");

    private async Task SendAsync()
    {
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.Run, user => Sender.SendJsonAsync(Id, SampleEvent.Body(Time.GetUtcNow()), user.Actor()));
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else Notifications.Done(result.Value!.Executions.Count == 0 ? "Sent and stored. There is no trigger that is switched on, so nothing follows." : $"Sent: {Format.Count(result.Value.Executions.Count, "execution")} on the way.");
        _isBusy = false;
        await ReloadAsync();
    }

    private async Task RotateAsync()
    {
        var overlap = Options.Value.TokenOverlap;
        var hours = overlap == TimeSpan.FromDays(1) ? "a day" : Format.Duration(overlap.TotalMilliseconds);
        if (!await Dialogs.AskAsync("Make a new token?", "You get a new token, shown once. The present one goes on working beside it, so that no event is lost while you change it at the sender.", "Make a new token",
            [$"The present token (…{_callback!.TokenHint}) stops working after {hours}.", .. _callback.PreviousTokenExpiresAt is null ? Array.Empty<string>() : ["The one before it, which still works, stops at once."]])) return;
        var result = await Commands.RunAsync(Permissions.EditCallbacks, _ => Callbacks.RotateTokenAsync(Id, CancellationToken.None));
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else (_token, _said) = (result.Value!.Token, "A new token was made. Copy it now.");
        await ReloadAsync();
    }

    private async Task RevokeAsync()
    {
        if (!await Dialogs.AskAsync("End the old token now?", "Senders that still use it are refused from this moment on.", "End the old token", isDangerous: true)) return;
        await DoAsync(Permissions.EditCallbacks, () => Callbacks.RevokePreviousTokenAsync(Id, CancellationToken.None), _ => "The old token no longer works.");
    }

    private async Task<Refusal?> SaveAsync()
    {
        if (_form.ToInput() is not { } input) return null;
        var result = await Commands.RunAsync(Permissions.EditCallbacks, _ => Callbacks.UpdateAsync(Id, input, CancellationToken.None));
        if (result.Refusal is { } refusal) return refusal;
        (_callback, _form) = (result.Value!, CallbackFormState.Of(result.Value!));
        Notifications.Done("Saved.");
        await ReloadAsync();
        StateHasChanged();
        return null;
    }

    private async Task DeleteAsync()
    {
        var waiting = await Executions.CountUpToAsync(
            new() { CallbackId = Id, Statuses = [ExecutionStatus.Queued, ExecutionStatus.Running, ExecutionStatus.Retrying, ExecutionStatus.Held] }, MostWaitingCounted, Disposed);
        if (!await Dialogs.AskAsync($"Delete {_callback!.Name}?", "This cannot be undone.", "Delete the callback", Losses(_triggers.Count, waiting), isDangerous: true)) return;
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.EditCallbacks, _ => Callbacks.DeleteAsync(Id, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is { } refusal)
        {
            Notifications.Refused(refusal);
            return;
        }
        Notifications.Done($"{_callback.Name} is deleted.");
        _form = CallbackFormState.Of(_callback); // nothing is left to save
        Navigation.NavigateTo("/callbacks");
    }

    internal static IReadOnlyList<string> Losses(int triggers, int waiting) => [
        "Its address answers 404: senders that still use it are refused.",
        triggers == 0 ? "It has no triggers." : triggers == 1 ? "Its trigger is deleted with it." : $"Its {Format.Number(triggers)} triggers are deleted with it.",
        waiting switch
        {
            0 => "No execution waits.",
            1 => "One execution that waits is cancelled.",
            >= MostWaitingCounted => $"{Format.Number(waiting)} or more executions that wait are cancelled.",
            _ => $"{Format.Number(waiting)} executions that wait are cancelled.",
        },
        "Events and executions of the past stay until their time is over.",
    ];

    private async Task DoAsync<T>(string policy, Func<Task<CommandResult<T>>> command, Func<T, string> done)
    {
        var result = await Commands.RunAsync(policy, _ => command());
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else _said = done(result.Value!);
        await ReloadAsync();
    }
}
