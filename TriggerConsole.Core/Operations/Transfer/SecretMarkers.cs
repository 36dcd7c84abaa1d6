using System.Text.Json;
using System.Text.Json.Nodes;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Operations.Transfer;

/// <summary>What stands in a file in the place of a secret: <c>{"secret": "enter again"}</c>. An object, so that it can be mistaken for no value.</summary>
internal static class SecretMarkers
{
    private const string Member = "secret";
    private const string Text = "enter again";

    /// <summary>The settings as they are exported, and the paths of the secrets left out of them.</summary>
    public static (JsonElement Settings, IReadOnlyList<string> Paths) Put(object settings)
    {
        var node = JsonNode.Parse(SecretFields.Without(settings))!;
        var paths = SecretFields.Extract(settings).Where(s => s.Value.Length > 0).Select(s => s.Key).Order(StringComparer.Ordinal).ToList();
        foreach (var path in paths)
        {
            if (HolderOf(node, path, out var name) is { } holder) holder[name] = new JsonObject { [Member] = Text };
        }
        return (node.Deserialize<JsonElement>(), paths);
    }

    /// <summary>The settings without their markers, and where those were.</summary>
    public static (JsonElement Settings, IReadOnlyList<string> Paths) Take(JsonElement settings, Type type)
    {
        var node = JsonSerializer.SerializeToNode(settings);
        var paths = new List<string>();
        foreach (var path in SecretFields.PathsOf(type))
        {
            if (HolderOf(node, path, out var name) is not { } holder || holder[name] is not JsonObject marker || !IsMarker(marker)) continue;
            holder.Remove(name);
            paths.Add(path);
        }
        return (node.Deserialize<JsonElement>(), paths);
    }

    public static bool IsMarker(JsonElement value) => value.ValueKind == JsonValueKind.Object && JsonObject.Create(value) is { } marker && IsMarker(marker);

    private static bool IsMarker(JsonObject marker) => marker.Count == 1 && marker[Member] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == Text;

    private static JsonObject? HolderOf(JsonNode? node, string path, out string name)
    {
        var parts = path.Split('.');
        name = parts[^1];
        foreach (var part in parts[..^1]) node = (node as JsonObject)?[part];
        return node as JsonObject;
    }
}
