using System.Globalization;
using System.Text.Json;

namespace TriggerConsole.Components.Controls.Templates;

/// <summary>Every value in a payload with the path that leads to it, as templates write it.</summary>
internal static class PayloadPaths
{
    private const int Most = 200;
    private const int Deepest = 8;
    private const int LongestSample = 40;

    /// <summary>Paths behind <c>payload</c> (<c>.user.name</c>, <c>['first name']</c>, <c>.items[0].sku</c>), in the order of the payload, with a short look at the value. Of a list only the first item is gone into.</summary>
    public static IReadOnlyList<(string Path, string Sample)> Of(JsonElement payload)
    {
        var found = new List<(string, string)>();
        Add(payload, "", 0);
        return found;

        void Add(JsonElement value, string path, int depth)
        {
            if (found.Count >= Most || value.ValueKind == JsonValueKind.Undefined) return;
            if (path.Length > 0) found.Add((path, SampleOf(value)));
            if (depth == Deepest) return;
            if (value.ValueKind == JsonValueKind.Object)
                foreach (var (name, inner) in PropertiesOf(value)) Add(inner, path + Step(name), depth + 1);
            else if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0) Add(value[0], path + "[0]", depth + 1);
        }
    }

    /// <summary>One step of a path: with a dot where the name allows it, else in brackets and quotes, a quote inside doubled.</summary>
    public static string Step(string name)
    {
        var bare = name is ['@' or '#', ..] ? name.AsSpan(1) : name;
        var isPlain = bare.Length > 0;
        foreach (var c in bare) isPlain &= c is '_' or '-' || char.IsLetterOrDigit(c);
        return isPlain ? "." + name : $"['{name.Replace("'", "''", StringComparison.Ordinal)}']";
    }

    // Names that cannot be written in every format are left out, and those that are no text (a lone surrogate)
    private static IEnumerable<(string Name, JsonElement Value)> PropertiesOf(JsonElement value)
    {
        var seen = new HashSet<string>();
        foreach (var property in value.EnumerateObject())
        {
            string name;
            try { name = property.Name; }
            catch (InvalidOperationException) { continue; }
            if (!name.Any(c => c is '{' or '}' or '"' or '\\' || char.IsControl(c)) && seen.Add(name)) yield return (name, property.Value);
        }
    }

    private static string SampleOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => value.GetArrayLength() == 1 ? "list of 1" : string.Create(CultureInfo.InvariantCulture, $"list of {value.GetArrayLength()}"),
        _ => Shorten(value.GetRawText()),
    };

    private static string Shorten(string text) => text.Length <= LongestSample ? text : text[..LongestSample] + "…";
}
