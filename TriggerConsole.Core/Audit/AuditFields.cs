using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Audit;

/// <param name="Shown">String, number, boolean or null; masked when it is a secret.</param>
/// <param name="Compared">Tells whether it changed; never stored.</param>
internal readonly record struct AuditValue(object? Shown, string? Compared);

/// <summary>Fields of an object by path, fit to be kept for years: JSON is taken apart, secrets are masked, long texts are cut.</summary>
internal sealed partial class AuditFields
{
    private const int MostFields = 300;
    private const int LongestText = 1000;

    private readonly SortedDictionary<string, AuditValue> _values = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, AuditValue> Values => _values;

    /// <summary>A value of a column: JSON in text is taken apart.</summary>
    public void Add(string path, object? value)
    {
        switch (value)
        {
            case null:
                break; // left out, so that "none" is the same whether the field is there or not
            case string { Length: 0 }:
                break;
            case string { Length: > 1 } text when text[0] is '{' or '[' && TryParse(text) is { } document:
                using (document) AddJson(path, document.RootElement);
                break;
            case string text:
                Set(path, Show(text), text);
                break;
            case bool flag:
                Set(path, flag, flag ? "true" : "false");
                break;
            case int or long or short or byte or double or decimal:
                Set(path, value, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                var written = time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
                Set(path, written, written);
                break;
            default:
                var other = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                Set(path, Show(other), other);
                break;
        }
    }

    /// <summary>A value that is told apart and never shown.</summary>
    public void AddSecret(string path, object? value)
    {
        if (value is null or "") return;
        Set(path, SecretMasker.Mask, value is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture));
    }

    /// <summary>What differs, as two JSON objects; null where there is nothing.</summary>
    public static (string? Before, string? After, IReadOnlyList<string> Paths) Differences(AuditFields before, AuditFields after)
    {
        var paths = before._values.Keys.Union(after._values.Keys)
            .Where(path => !before._values.TryGetValue(path, out var old) || !after._values.TryGetValue(path, out var now) || old.Compared != now.Compared)
            .Order(StringComparer.Ordinal).ToList();
        return (before.Write(paths), after.Write(paths), paths);
    }

    /// <summary>All fields as JSON.</summary>
    public string? Write() => Write([.. _values.Keys]);

    private string? Write(List<string> paths)
    {
        if (paths.Count == 0) return null;
        var shown = new Dictionary<string, object?>();
        foreach (var path in paths.Take(MostFields)) shown[path] = _values.TryGetValue(path, out var value) ? value.Shown : null;
        if (paths.Count > MostFields) shown["…"] = $"{paths.Count - MostFields} more fields";
        return AuditText.Clean(JsonSerializer.Serialize(shown, CoreJson.Options), int.MaxValue);
    }

    private static JsonDocument? TryParse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void AddJson(string path, JsonElement element, bool isSecret = false)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                // A header or parameter: whether its value is a secret, its name tells
                var named = element.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && NamesSecret(name.GetString()!);
                foreach (var property in element.EnumerateObject())
                    AddJson(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value, isSecret || NamesSecret(property.Name) || (named && property.Name == "value"));
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray()) AddJson($"{path}[{index++}]", item, isSecret);
                break;
            case JsonValueKind.String when isSecret && !element.GetString()!.Contains("{secret:", StringComparison.Ordinal):
                AddSecret(path, element.GetString());
                break;
            case JsonValueKind.String:
                var text = element.GetString()!;
                if (text.Length > 0) Set(path, Show(text), text);
                break;
            case JsonValueKind.Number:
                Set(path, element.TryGetInt64(out var whole) ? whole : element.GetDouble(), element.GetRawText());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                Set(path, element.GetBoolean(), element.GetRawText());
                break;
        }
    }

    private void Set(string path, object shown, string? compared) => _values[AuditText.Clean(path, 200)] = new(shown, compared);

    private static string Show(string text)
    {
        var length = text.Length;
        if (length > LongestText * 8) text = text[..(LongestText * 8)];
        text = UserInfo().Replace(text, $"://$1:{SecretMasker.Mask}@");
        text = SecretParameter().Replace(text, match => match.Groups[2].ValueSpan.StartsWith('{') ? match.Value : $"{match.Groups[1].ValueSpan}={SecretMasker.Mask}");
        return text.Length <= LongestText ? text : $"{text[..LongestText]}… ({length:N0} characters)";
    }

    private static bool NamesSecret(string name) => SecretName().IsMatch(name);

    // password, clientSecret, apiKey, X-Api-Key, accessToken, Authorization, Cookie, …; not tokenUrl, routingKey
    [GeneratedRegex("(password|passphrase|secret|token|credentials?|signature|authorization|cookie|api[-_]?key|private[-_]?key|access[-_]?key)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SecretName();

    [GeneratedRegex("://([^/@:\\s]*):[^/@\\s]+@", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex UserInfo();

    [GeneratedRegex("([?&](?:[a-z_-]*(?:token|key|secret|password|signature)|sig|pwd))=([^&#\\s]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SecretParameter();
}
