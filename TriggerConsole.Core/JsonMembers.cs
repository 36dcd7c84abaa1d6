using System.Text.Json;

namespace TriggerConsole.Core;

/// <summary>Reads members of JSON that others have written.</summary>
internal static class JsonMembers
{
    /// <summary>The text of this member; null when the element is no object, has no such member, or the member is no text.</summary>
    public static string? TextOf(this JsonElement json, string name)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
