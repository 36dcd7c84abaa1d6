using System.Text.Json;
using TriggerConsole.Core;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers.Forms;

/// <summary>The sentence on top of the editor, which writes itself.</summary>
internal static class TriggerSentence
{
    /// <param name="callback">Name of the callback; null when the trigger has none.</param>
    public static string Of(TriggerForm form, ITriggerKind kind, string? callback)
    {
        var settings = (TriggerSettings)form.Settings.ToDescribe().Deserialize(kind.SettingsType, CoreJson.Options)!;
        var when = callback is null ? "When called by name" : $"When {callback} receives an event";
        // Faults of the numbers are shown at their fields
        return $"{when}: {kind.Describe(settings)}, {RetryPreview.Tries(form.Retry.ToPolicy(new FieldErrors()))}.";
    }
}
