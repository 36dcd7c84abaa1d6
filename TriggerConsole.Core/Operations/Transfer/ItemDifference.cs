using System.Text.Json;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>What differs between two states of one item.</summary>
internal static class ItemDifference
{
    private const int MaxLength = 120;

    public static IReadOnlyList<ImportChange> Of<T>(T before, T after)
    {
        var changes = new List<ImportChange>();
        Compare("", JsonSerializer.SerializeToElement(before, CoreJson.Options), JsonSerializer.SerializeToElement(after, CoreJson.Options), changes);
        return changes;
    }

    private static void Compare(string path, JsonElement before, JsonElement after, List<ImportChange> changes)
    {
        if (before.ValueKind == JsonValueKind.Object && after.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in before.EnumerateObject().Select(p => p.Name).Union(after.EnumerateObject().Select(p => p.Name)))
            {
                before.TryGetProperty(name, out var old);
                after.TryGetProperty(name, out var now);
                Compare(path.Length == 0 ? name : $"{path}.{name}", old, now, changes);
            }
            return;
        }
        if (IsNothing(before) && IsNothing(after)) return;
        if (before.ValueKind == JsonValueKind.Undefined || after.ValueKind == JsonValueKind.Undefined || !JsonElement.DeepEquals(before, after)) changes.Add(new(path, Text(before), Text(after)));
    }

    private static bool IsNothing(JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    private static string? Text(JsonElement value)
    {
        if (IsNothing(value)) return null;
        if (SecretMarkers.IsMarker(value)) return "a secret";
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return text.Length > MaxLength ? text[..MaxLength] + "…" : text;
    }
}
