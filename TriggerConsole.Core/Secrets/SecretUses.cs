using System.Text.Json;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Secrets;

/// <summary>A trigger whose settings name a secret.</summary>
public sealed record SecretUse(Guid TriggerId, string TriggerName);

/// <summary>
/// Which triggers use which secret: looks for <c>{secret:NAME}</c> in their settings as they are, secret fields included. Of every
/// kind alike, so that a new kind cannot be forgotten here.
/// </summary>
public sealed class SecretUses(TriggerDirectory triggers)
{
    private const string Start = "{secret:";

    /// <summary>The triggers that use this secret, by name; names of secrets are compared without regard to case.</summary>
    public IReadOnlyList<SecretUse> Of(string name)
        => [.. triggers.All.Where(t => NamesIn(t.Settings).Contains(name)).OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase).Select(t => new SecretUse(t.Id, t.Name))];

    /// <summary>All uses by name of the secret.</summary>
    public ILookup<string, SecretUse> All()
        => triggers.All.OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase)
            .SelectMany(t => NamesIn(t.Settings).Select(name => (name, Use: new SecretUse(t.Id, t.Name))))
            .ToLookup(u => u.name, u => u.Use, StringComparer.OrdinalIgnoreCase);

    internal static HashSet<string> NamesIn(TriggerSettings settings) => NamesIn(JsonSerializer.Serialize(settings, settings.GetType(), CoreJson.Options));

    /// <summary>The names in a text with placeholders. Neither braces nor names are escaped in JSON, so settings can be searched as they are written.</summary>
    internal static HashSet<string> NamesIn(string text)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var at = text.IndexOf(Start, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Start, at + Start.Length, StringComparison.Ordinal))
        {
            // {{secret:X}} is text in braces, {{{secret:X}}} is the secret in braces
            var braces = 0;
            while (at - braces > 0 && text[at - braces - 1] == '{') braces++;
            var from = at + Start.Length;
            var end = text.AsSpan(from).IndexOfAny('}', '|', '{');
            if (braces % 2 == 0 && end > 0) names.Add(text.Substring(from, end));
        }
        return names;
    }
}
