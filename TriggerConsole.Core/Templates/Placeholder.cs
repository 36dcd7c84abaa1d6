using System.Text;
using System.Text.Json;

namespace TriggerConsole.Core.Templates;

/// <summary>Where a placeholder takes its value from.</summary>
internal enum PlaceholderKind
{
    Timestamp,
    Uuid,
    CallbackId,
    EventId,
    ExecutionId,
    TriggerId,
    UserId,
    EventType,
    Attempt,
    ScheduleId,
    ScheduleName,
    DueAt,
    Payload,
    PayloadPath,
    Header,
    Query,
    Variable,
    Environment,
    Secret,
}

/// <summary>One placeholder, parsed. Immutable.</summary>
internal sealed class Placeholder
{
    public required PlaceholderKind Kind { get; init; }

    /// <summary>As typed, braces included: for messages.</summary>
    public required string Text { get; init; }

    /// <summary>Where its brace stands in the source.</summary>
    public required int Offset { get; init; }

    /// <summary>Of the header, query parameter, variable, environment variable or secret.</summary>
    public string Name { get; init; } = "";

    public PayloadPath Path { get; init; } = PayloadPath.Root;

    public PlaceholderDefault? Default { get; init; }

    /// <summary>Its value comes from the operator, not from who sends events.</summary>
    public bool IsOperators => Kind is PlaceholderKind.Environment or PlaceholderKind.Secret;
}

/// <summary>What stands in for a missing value.</summary>
internal sealed class PlaceholderDefault
{
    public PlaceholderDefault(string text)
    {
        Text = Encoding.UTF8.GetBytes(text);
        Json = IsJson(text) ? Text : null;
    }

    public byte[] Text { get; }

    /// <summary>The same bytes when the text is itself a JSON value, so that it can stand for one with its type.</summary>
    public byte[]? Json { get; }

    private static bool IsJson(string text)
    {
        if (text.Length == 0 || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1])) return false;
        try
        {
            using var document = JsonDocument.Parse(text, new() { MaxDepth = TemplateLimits.MaxDepth });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
