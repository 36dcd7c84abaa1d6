using System.Text.Json;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Operations.Transfer;

internal sealed partial class ImportRun
{
    /// <summary>Settings of the type; null when they are none, and then <paramref name="errors"/> says why.</summary>
    private static object? ReadAs(JsonElement json, Type type, FieldErrors errors)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add("", "Give the settings as a JSON object.");
            return null;
        }
        try
        {
            return json.Deserialize(type, CoreJson.Options);
        }
        catch (JsonException exception)
        {
            var fault = JsonFaults.Describe(exception);
            errors.Add(fault.Field, fault.Message);
            return null;
        }
    }

    /// <summary>
    /// The settings with the secrets that are stored for the same destination, as when someone saves them, and the paths of those that are
    /// marked in the file and stored nowhere.
    /// </summary>
    private static (T Settings, IReadOnlyList<string> Missing) KeepSecrets<T>(T settings, T? old, IReadOnlyList<string> marked, bool isSameDestination)
        where T : class
    {
        var kept = old is not null && isSameDestination ? SecretFields.KeepMissing(settings, old) : settings;
        var there = SecretFields.Extract(kept);
        // Of another choice than the one made, a secret is not used: then none is missing
        var used = SecretFields.Extract(SecretFields.Apply(kept, marked.ToDictionary(path => path, _ => StandIn)));
        return (kept, [.. marked.Where(path => !there.ContainsKey(path) && used.ContainsKey(path))]);
    }

    /// <summary>Takes the faults over, but for those of what stands in for a missing secret. True when there are none.</summary>
    private static bool Pass(FieldErrors found, IReadOnlyList<string> missing, FieldErrors errors)
    {
        var counted = found.All.Where(e => !missing.Contains(e.Field)).ToList();
        foreach (var error in counted)
        {
            if (error is { Line: { } line, Column: { } column }) errors.Add(error.Field, error.Message, line, column);
            else errors.Add(error.Field, error.Message);
        }
        return counted.Count == 0;
    }
}
