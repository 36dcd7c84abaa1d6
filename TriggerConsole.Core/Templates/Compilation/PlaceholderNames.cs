using System.Collections.Frozen;

namespace TriggerConsole.Core.Templates.Compilation;

/// <summary>What follows the word of a placeholder.</summary>
internal enum PlaceholderShape
{
    /// <summary>Nothing: <c>{uuid}</c>.</summary>
    Plain,

    /// <summary>A path, or nothing: <c>{payload.id}</c>.</summary>
    Path,

    /// <summary>A colon and a name: <c>{header:Name}</c>.</summary>
    Named,
}

/// <summary>The words that placeholders begin with; <see cref="TemplateVariables"/> describes them.</summary>
internal static class PlaceholderNames
{
    private static readonly FrozenDictionary<string, (PlaceholderKind Kind, PlaceholderShape Shape)> s_names =
        new Dictionary<string, (PlaceholderKind Kind, PlaceholderShape Shape)>
        {
            ["timestamp"] = (PlaceholderKind.Timestamp, PlaceholderShape.Plain),
            ["uuid"] = (PlaceholderKind.Uuid, PlaceholderShape.Plain),
            ["callback_id"] = (PlaceholderKind.CallbackId, PlaceholderShape.Plain),
            ["event_id"] = (PlaceholderKind.EventId, PlaceholderShape.Plain),
            ["execution_id"] = (PlaceholderKind.ExecutionId, PlaceholderShape.Plain),
            ["trigger_id"] = (PlaceholderKind.TriggerId, PlaceholderShape.Plain),
            ["user_id"] = (PlaceholderKind.UserId, PlaceholderShape.Plain),
            ["event_type"] = (PlaceholderKind.EventType, PlaceholderShape.Plain),
            ["attempt"] = (PlaceholderKind.Attempt, PlaceholderShape.Plain),
            ["schedule_id"] = (PlaceholderKind.ScheduleId, PlaceholderShape.Plain),
            ["schedule_name"] = (PlaceholderKind.ScheduleName, PlaceholderShape.Plain),
            ["due_at"] = (PlaceholderKind.DueAt, PlaceholderShape.Plain),
            ["original_payload"] = (PlaceholderKind.Payload, PlaceholderShape.Plain),
            ["payload"] = (PlaceholderKind.Payload, PlaceholderShape.Path),
            ["header"] = (PlaceholderKind.Header, PlaceholderShape.Named),
            ["query"] = (PlaceholderKind.Query, PlaceholderShape.Named),
            ["var"] = (PlaceholderKind.Variable, PlaceholderShape.Named),
            ["env"] = (PlaceholderKind.Environment, PlaceholderShape.Named),
            ["secret"] = (PlaceholderKind.Secret, PlaceholderShape.Named),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> All => s_names.Keys;

    public static (PlaceholderKind Kind, PlaceholderShape Shape)? Find(string name) => s_names.TryGetValue(name, out var found) ? found : null;

    /// <summary>Whether the text begins with a known word, and not with a longer one.</summary>
    public static bool StartsWithName(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyExcept(Suggestions.WordCharacters);
        return Find(text[..(length < 0 ? text.Length : length)].ToString()) is not null;
    }
}
