using System.Text.Json;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Triggers;

/// <summary>Reads and checks settings the same way wherever they come from: save, test, preview.</summary>
internal sealed class TriggerValidator(TemplateRules rules)
{
    /// <summary>The settings with kept secrets put in; null when there are faults, which are in <paramref name="errors"/>.</summary>
    /// <param name="existing">The stored settings of the same trigger, whose secrets are kept where the new ones leave them out.</param>
    public async Task<TriggerSettings?> ReadSettingsAsync(ITriggerKind kind, JsonElement? json, TriggerSettings? existing, FieldErrors errors, CancellationToken cancellationToken)
    {
        if (json is not { ValueKind: JsonValueKind.Object } given)
        {
            errors.Add("settings", "Give the settings as a JSON object.");
            return null;
        }
        TriggerSettings settings;
        try
        {
            settings = (TriggerSettings)given.Deserialize(kind.SettingsType, CoreJson.Options)!;
        }
        catch (JsonException exception)
        {
            var fault = JsonFaults.Describe(exception, "settings");
            errors.Add(fault.Field, fault.Message);
            return null;
        }
        if (existing is not null)
        {
            var kept = SecretFields.KeepMissing(settings, existing);
            if (kind.DestinationOf(settings) is not { } destination || destination != kind.DestinationOf(existing))
            {
                // A stored secret goes where it was entered for, and nowhere else: else who may edit could have it sent to himself
                foreach (var path in SecretFields.Extract(kept).Keys.Except(SecretFields.Extract(settings).Keys))
                    errors.Add($"settings.{path}", "Enter this again: the address changed to another host, and a stored secret is only sent to the one it was entered for.");
            }
            settings = kept;
        }
        var before = errors.All.Count;
        await kind.ValidateAsync(settings, rules, errors.Under("settings"), cancellationToken);
        return errors.All.Count == before && !errors.Any ? settings : null;
    }
}
