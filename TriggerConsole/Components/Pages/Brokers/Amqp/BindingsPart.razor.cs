using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Radzen;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Amqp.Exchanges;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

public sealed partial class BindingsPart
{
    private static readonly (bool, string)[] s_matches = [(false, "All of them"), (true, "Any of them")];

    private BindingFormState _form = new();
    private IReadOnlyList<AmqpBindingView> _bindings = [];
    private string? _problem;
    private string? _wasKey;
    private bool _leads;
    private bool _isBusy;

    [Parameter, EditorRequired] public required AmqpExchangeView Exchange { get; set; }

    [Parameter] public bool MayEdit { get; set; }

    /// <summary>The routing key of a message that reached no queue, to bind with.</summary>
    [Parameter] public string? Key { get; set; }

    /// <summary>A binding was made or deleted.</summary>
    [Parameter] public EventCallback OnChanged { get; set; }

    [Inject] private AmqpBindingCommands Bindings { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private DialogService Dialogs { get; set; } = default!;

    [Inject] private NotificationService Notifications { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    private bool UsesKey => Exchange.Type is AmqpExchangeType.Direct or AmqpExchangeType.Topic;

    protected override async Task OnParametersSetAsync()
    {
        if (Key != _wasKey)
        {
            _wasKey = Key;
            if (Key is not null) (_form.RoutingKey, _leads) = (Key, MayEdit);
        }
        _bindings = await Bindings.ListAsync(Exchange.Id, CancellationToken.None) ?? [];
    }

    // Whoever comes from a message that was not routed comes for the form
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_leads) return;
        _leads = false;
        await Browser.InvokeVoidAsync("tc.focusId", "queue");
    }

    private async Task BindAsync()
    {
        if (_isBusy) return;
        _problem = null;
        Refusal? refusal;
        if (_form.ToInput(Exchange.Type) is { } input)
        {
            _isBusy = true;
            var result = await Commands.RunAsync(Permissions.EditBrokers, _ => Bindings.CreateAsync(Exchange.Id, input, CancellationToken.None));
            _isBusy = false;
            refusal = result.Refusal;
            if (result.Value is { } made)
            {
                Notifications.Done($"{made.Queue} is bound.");
                _form = new();
                await OnChanged.InvokeAsync();
                return;
            }
        }
        else refusal = _form.AsRefusal();
        if (refusal is Refusal.Invalid invalid)
        {
            _form.Refuse(invalid.Errors);
            if (_form.FirstError is null) _problem = Refusals.InWords(invalid); // of a field that is not shown
            StateHasChanged();
            if (_form.FirstError is { } id) await Browser.InvokeVoidAsync("tc.focusId", id);
        }
        else _problem = refusal!.Message;
    }

    private async Task DeleteAsync(AmqpBindingView binding)
    {
        string[] losses = [$"Messages that came this way no longer reach {binding.Queue}.", "The queue, and what is in it, stays."];
        if (!await Dialogs.AskAsync($"Delete the binding of {binding.Queue}?", "It is taken away at the broker and here.", "Delete the binding", losses, isDangerous: true)) return;
        _isBusy = true;
        var result = await Commands.RunAsync(Permissions.EditBrokers, _ => Bindings.DeleteAsync(Exchange.Id, binding.Id, CancellationToken.None));
        _isBusy = false;
        if (result.Refusal is { } refusal) Notifications.Refused(refusal);
        else Notifications.Done("The binding is deleted.");
        await OnChanged.InvokeAsync();
    }
}
