using System.Text.Json;

namespace TriggerConsole.Core.Validation;

/// <summary>Thrown by a converter of ours that says itself, in a sentence for people, what is wrong with a value.</summary>
/// <param name="below">The part at fault below the value's own field: the name of a header; empty for all of it.</param>
public sealed class JsonSentenceException(string sentence, string below = "") : JsonException(sentence)
{
    public string Below { get; } = below;
}
