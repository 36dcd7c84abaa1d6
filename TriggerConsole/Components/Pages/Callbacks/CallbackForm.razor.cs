using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Callbacks;

/// <summary>The fields of a callback, for a new one and for a change.</summary>
public sealed partial class CallbackForm
{
    private bool _isBusy;

    internal CallbackFormState State { get; private set; } = new();

    /// <summary>A <see cref="CallbackFormState"/>; as an object, because parameters are public and it is not.</summary>
    [Parameter, EditorRequired] public required object Values { get; set; }

    /// <summary>Where events are sent to with this path; null or empty for none.</summary>
    [Parameter, EditorRequired] public required Func<string, string> UrlOf { get; set; }

    /// <summary>What the button says.</summary>
    [Parameter, EditorRequired] public required string Verb { get; set; }

    /// <summary>The path that is saved (empty for none); null for a new callback.</summary>
    [Parameter] public string? WasPath { get; set; }

    /// <summary>Names of the secrets that can be chosen.</summary>
    [Parameter] public IReadOnlyList<string> SecretNames { get; set; } = [];

    /// <summary>Saves; gives why not.</summary>
    [Parameter, EditorRequired] public required Func<Task<Refusal?>> Save { get; set; }

    /// <summary>More buttons beside the one that saves.</summary>
    [Parameter] public RenderFragment? Buttons { get; set; }

    private string? Problem { get; set; }

    private string Url => UrlOf(Normal(State.Path));

    protected override void OnParametersSet() => State = (CallbackFormState)Values;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && WasPath is null) await Browser.InvokeVoidAsync("tc.focusId", "name");
    }

    private static string Normal(string path) => path.Trim().Trim('/').ToLowerInvariant();

    private string? Invalid(string field) => State.ErrorOf(field) is null ? null : "true";

    private async Task SubmitAsync()
    {
        if (_isBusy) return;
        (_isBusy, Problem) = (true, null);
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
        if (State.FirstError is { } field) await Browser.InvokeVoidAsync("tc.focusId", field);
    }
}
