using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>The fields of an MQTT broker, for a new one and for a change, with the test of the connection beside them.</summary>
public sealed partial class MqttBrokerForm
{
    private readonly HashSet<string> _opened = [];
    private ConnectionTest? _test;
    private string? _testProblem;
    private string _testedUrl = "";
    private bool _wasEncrypted;
    private bool _isTesting;
    private bool _isBusy;

    internal MqttBrokerFormState State { get; private set; } = new();

    /// <summary>A <see cref="MqttBrokerFormState"/>; as an object, because parameters are public and it is not.</summary>
    [Parameter, EditorRequired] public required object Values { get; set; }

    [Parameter] public bool IsNew { get; set; }

    /// <summary>What the button says.</summary>
    [Parameter, EditorRequired] public required string Verb { get; set; }

    /// <summary>Saves; gives why not.</summary>
    [Parameter, EditorRequired] public required Func<Task<Refusal?>> Save { get; set; }

    /// <summary>Connects once with what is typed.</summary>
    [Parameter, EditorRequired] public required Func<Task<CommandResult<ConnectionTest>>> Test { get; set; }

    /// <summary>Moves that lose nothing.</summary>
    [Parameter] public Func<string, bool>? Allows { get; set; }

    /// <summary>More buttons beside the one that saves.</summary>
    [Parameter] public RenderFragment? Buttons { get; set; }

    private string? Problem { get; set; }

    protected override void OnParametersSet() => State = (MqttBrokerFormState)Values;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && IsNew) await Browser.InvokeVoidAsync("tc.focusId", "name");
    }

    private string? Invalid(string field) => State.ErrorOf(field) is null ? null : "true";

    private async Task SubmitAsync()
    {
        if (_isBusy) return;
        (_isBusy, Problem) = (true, null);
        await Task.Yield(); // rendered: from here on leaving loses nothing, and saving may lead elsewhere
        try
        {
            switch (await Save())
            {
                case Refusal.Invalid invalid:
                    State.Refuse(invalid.Errors);
                    break;
                case { } refusal:
                    Problem = refusal.Message;
                    break;
            }
        }
        finally
        {
            _isBusy = false;
        }
        await ShowFirstErrorAsync();
    }

    private async Task TestAsync()
    {
        (_isTesting, _test, _testProblem) = (true, null, null);
        try
        {
            (_testedUrl, _wasEncrypted) = (State.Url, State.IsEncrypted);
            var result = await Test();
            _test = result.Value;
            if (result.Refusal is Refusal.Invalid invalid)
            {
                // A test works before there is a name
                State.Refuse([.. invalid.Errors.Where(e => e.Field != "name")]);
                _testProblem = "Nothing was tried: the form has errors. They are marked.";
            }
            else if (result.Refusal is { } refusal) _testProblem = refusal.Message;
        }
        finally
        {
            _isTesting = false;
        }
        await ShowFirstErrorAsync();
    }

    private async Task ShowFirstErrorAsync()
    {
        if (State.FirstError is not { } field) return;
        foreach (var fold in (string[])[MqttBrokerFormState.TlsFold, MqttBrokerFormState.ConnectionFold, MqttBrokerFormState.MessagesFold])
            if (State.HasErrorIn(fold)) _opened.Add(fold);
        StateHasChanged(); // what was folded is open before it gets the focus
        await Browser.InvokeVoidAsync("tc.focusId", field);
    }
}
