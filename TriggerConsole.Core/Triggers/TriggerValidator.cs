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
            var staysThere = kind.DestinationOf(settings) is { } destination && destination == kind.DestinationOf(existing);
            settings = SecretFields.KeepFor(settings, existing, staysThere, errors.Under("settings"));
        }
        var before = errors.All.Count;
        await kind.ValidateAsync(settings, rules, errors.Under("settings"), cancellationToken);
        return errors.All.Count == before && !errors.Any ? settings : null;
    }

    /// <summary>
    /// Whether the secrets that stored settings need are there: an import leaves them out, and switches the trigger off until someone has
    /// entered them.
    /// </summary>
    public async Task CheckSecretsAsync(ITriggerKind kind, TriggerSettings settings, FieldErrors errors, CancellationToken cancellationToken)
    {
        var found = new FieldErrors();
        await kind.ValidateAsync(settings, rules, found, cancellationToken);
        var paths = SecretFields.PathsOf(kind.SettingsType);
        foreach (var error in found.All.Where(e => paths.Contains(e.Field))) errors.Add($"settings.{error.Field}", error.Message);
    }
}
