using Radzen;

namespace TriggerConsole.Components.Controls;

/// <summary>Asks before something is done that cannot be taken back.</summary>
internal static class Asking
{
    /// <param name="dialogs">Of the page.</param>
    /// <param name="title">The question.</param>
    /// <param name="text">What will happen, in a sentence or two.</param>
    /// <param name="verb">What the button says: <c>Delete the callback</c>.</param>
    /// <param name="losses">What is lost, point by point.</param>
    /// <param name="isDangerous">Something is lost: the button is red, and Enter does not press it.</param>
    /// <param name="stay">What the other button says: <c>Keep editing</c>.</param>
    /// <returns>False when the reader cancelled or pressed Escape.</returns>
    public static async Task<bool> AskAsync(this DialogService dialogs, string title, string text, string verb, IReadOnlyList<string>? losses = null, bool isDangerous = false, string stay = "Cancel")
        => await dialogs.OpenAsync<AskBox>(title, new()
        {
            [nameof(AskBox.Text)] = text,
            [nameof(AskBox.Verb)] = verb,
            [nameof(AskBox.Stay)] = stay,
            [nameof(AskBox.IsDangerous)] = isDangerous,
            [nameof(AskBox.Losses)] = losses ?? [],
        }, new() { Width = "min(480px, calc(100vw - 24px))", CloseDialogOnEsc = true, AutoFocusFirstElement = false }) is true;
}
