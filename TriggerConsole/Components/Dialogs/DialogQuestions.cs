using Radzen;

namespace TriggerConsole.Components.Dialogs;

/// <summary>Questions that are asked before something is lost.</summary>
internal static class DialogQuestions
{
    /// <summary>True when the answer is yes; closing the dialog is no.</summary>
    /// <param name="title">The question.</param>
    /// <param name="message">What is lost.</param>
    /// <param name="yes">Verb and thing.</param>
    public static async Task<bool> AskAsync(this DialogService dialogs, string title, string message, string yes, string no, bool isDestructive = true)
    {
        var parameters = new Dictionary<string, object?>
        {
            [nameof(ConfirmDialog.Message)] = message,
            [nameof(ConfirmDialog.Yes)] = yes,
            [nameof(ConfirmDialog.No)] = no,
            [nameof(ConfirmDialog.IsDestructive)] = isDestructive,
        };
        return await dialogs.OpenAsync<ConfirmDialog>(title, parameters!, new DialogOptions { Width = "440px", CloseDialogOnEsc = true, AutoFocusFirstElement = false }) is true;
    }
}
