using Microsoft.AspNetCore.Components;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>The frame of a broker's form, with the test of its connection.</summary>
public sealed partial class BrokerForm
{
    private SaveForm? _form;
    private ConnectionTest? _test;
    private string? _testProblem;
    private string _testedUrl = "";
    private bool _wasEncrypted;
    private bool _isTesting;

    [Parameter, EditorRequired] public required BrokerFormState State { get; set; }

    [Parameter, EditorRequired] public TriggerKind Kind { get; set; }

    /// <summary>Ways to connect, with the port that is usual for each.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<(string Scheme, string Title, string Port)> Ways { get; set; }

    /// <summary>A whole address that can be pasted.</summary>
    [Parameter, EditorRequired] public required string Example { get; set; }

    /// <summary>What an empty user name means.</summary>
    [Parameter, EditorRequired] public required string UserHelp { get; set; }

    [Parameter] public string? UserPlaceholder { get; set; }

    /// <summary>An application protocol, for those who have to name one.</summary>
    [Parameter] public string? AlpnExample { get; set; }

    [Parameter] public bool IsNew { get; set; }

    /// <summary>What the button says.</summary>
    [Parameter, EditorRequired] public required string Verb { get; set; }

    /// <summary>Saves; gives why not.</summary>
    [Parameter, EditorRequired] public required Func<Task<Refusal?>> Save { get; set; }

    /// <summary>Connects once with what is typed.</summary>
    [Parameter, EditorRequired] public required Func<Task<CommandResult<ConnectionTest>>> Test { get; set; }

    /// <summary>Moves that lose nothing.</summary>
    [Parameter] public Func<string, bool>? Allows { get; set; }

    /// <summary>More inputs of the address, on a line of their own.</summary>
    [Parameter] public RenderFragment? MoreAddress { get; set; }

    /// <summary>A field that belongs to the address.</summary>
    [Parameter] public RenderFragment? AfterAddress { get; set; }

    /// <summary>The protocol's own parts, folded.</summary>
    [Parameter] public RenderFragment? Details { get; set; }

    /// <summary>More buttons beside the one that saves.</summary>
    [Parameter] public RenderFragment? Buttons { get; set; }

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
        await _form!.ShowFirstErrorAsync();
    }
}
