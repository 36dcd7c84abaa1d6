using System.Text.Json;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Components.Pages.Audit;

/// <summary>One field that an act changed.</summary>
/// <param name="Before">Null when it was not there.</param>
/// <param name="After">Null when it is not there any more.</param>
/// <param name="IsSecret">Only that it was changed is known.</param>
internal sealed record AuditDifference(string Field, string? Before, string? After, bool IsSecret)
{
    /// <summary>Fields in order, both sides.</summary>
    public static IReadOnlyList<AuditDifference> Of(AuditEntryView entry)
    {
        var (before, after) = (Read(entry.Before), Read(entry.After));
        return [.. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Select(field => new AuditDifference(field, before.GetValueOrDefault(field), after.GetValueOrDefault(field), before.GetValueOrDefault(field) == SecretMasker.Mask || after.GetValueOrDefault(field) == SecretMasker.Mask))];
    }

    private static Dictionary<string, string?> Read(JsonElement? side)
    {
        var fields = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (side is not { ValueKind: JsonValueKind.Object } values) return fields;
        foreach (var field in values.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null) continue;
            fields[field.Name] = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : field.Value.GetRawText();
        }
        return fields;
    }
}
