using System.Buffers;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>Sentences for names that do not exist, with what was probably meant.</summary>
internal static class Suggestions
{
    public static readonly SearchValues<char> WordCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-");

    /// <summary>Words other products use for the same thing.</summary>
    private static readonly Dictionary<string, string> s_otherWords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["body"] = "payload",
        ["data"] = "payload",
        ["json"] = "payload",
        ["request"] = "payload",
        ["now"] = "timestamp",
        ["date"] = "timestamp",
        ["time"] = "timestamp",
        ["guid"] = "uuid",
        ["id"] = "event_id",
        ["type"] = "event_type",
        ["user"] = "user_id",
        ["headers"] = "header",
        ["params"] = "query",
        ["vars"] = "var",
        ["variable"] = "var",
        ["variables"] = "var",
        ["secrets"] = "secret",
        ["environment"] = "env",
    };

    /// <param name="typed">What stands between the braces.</param>
    public static string ForUnknown(ReadOnlySpan<char> typed)
    {
        var length = typed.IndexOfAnyExcept(WordCharacters);
        var word = (length < 0 ? typed : typed[..length]).ToString();
        var rest = (length < 0 ? [] : typed[length..]).ToString();
        var hasPath = rest is ['.' or '[', ..];
        var meant = s_otherWords.GetValueOrDefault(word) ?? Nearest(word, PlaceholderNames.All);
        // {user.id} is a path whose beginning was left out, not {user_id}
        var suggestion = meant is not null && PlaceholderNames.Find(meant) is { } found && !(hasPath && found.Shape == PlaceholderShape.Plain)
            ? Fit(meant, rest, found.Shape)
            : hasPath ? $"{{payload.{typed}}}" : null;
        return $"There is no placeholder “{word}”. " + (suggestion is null
            ? $"A field of the payload is written {{payload.{word}}}; for a literal brace write {{{{."
            : $"Did you mean {suggestion}?");
    }

    /// <summary>The candidate with the fewest edits from what was typed, case aside; null when none is near.</summary>
    public static string? Nearest(string typed, IEnumerable<string> candidates)
    {
        if (typed.Length is 0 or > 64) return null;
        var nearest = candidates.Select(c => (Name: c, Distance: Distance(typed.ToLowerInvariant(), c.ToLowerInvariant())))
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .FirstOrDefault(c => c.Distance <= Math.Max(1, Math.Max(typed.Length, c.Name.Length) / 3));
        return nearest.Name;
    }

    private static string Fit(string name, string rest, PlaceholderShape shape) => shape switch
    {
        PlaceholderShape.Path => rest.Length == 0 && name == "payload" ? "{original_payload}" : $"{{{name}{rest}}}",
        PlaceholderShape.Named when rest.Length > 1 && rest[0] is '.' or ':' => $"{{{name}:{rest[1..]}}}",
        PlaceholderShape.Named => $"{{{name}:NAME}}",
        _ => $"{{{name}{(rest.StartsWith('|') ? rest : "")}}}",
    };

    /// <summary>Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var costs = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) costs[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) costs[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                costs[i, j] = Math.Min(Math.Min(costs[i - 1, j] + 1, costs[i, j - 1] + 1), costs[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) costs[i, j] = Math.Min(costs[i, j], costs[i - 2, j - 2] + 1);
            }
        }
        return costs[a.Length, b.Length];
    }
}
