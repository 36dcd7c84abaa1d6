using System.Text.Json;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Secrets;

/// <summary>A trigger whose settings name a secret, or a callback that checks its senders by one.</summary>
/// <param name="TriggerId">Null for a callback.</param>
/// <param name="CallbackId">Null for a trigger.</param>
public sealed record SecretUse(Guid? TriggerId, string? TriggerName, Guid? CallbackId = null, string? CallbackName = null)
{
    internal string Name => TriggerName ?? CallbackName!;

    internal static SecretUse Of(Callback callback) => new(null, null, callback.Id, callback.Name);
}

/// <summary>
/// What uses which secret: looks for <c>{secret:NAME}</c> in settings as they are, secret fields included. Of every
/// kind alike, so that a new kind cannot be forgotten here.
/// </summary>
public sealed class SecretUses(TriggerDirectory triggers, CallbackDirectory? callbacks = null)
{
    private const string Start = "{secret:";

    /// <summary>What uses this secret, triggers before callbacks and each by name; names of secrets are compared without regard to case.</summary>
    public IReadOnlyList<SecretUse> Of(string name) => [.. All()[name]];

    /// <summary>All uses by name of the secret.</summary>
    public ILookup<string, SecretUse> All()
        => triggers.All.OrderBy(t => t.Name, StringComparer.OrdinalIgnoreCase).SelectMany(t => NamesIn(t.Settings).Select(name => (Name: name, Use: new SecretUse(t.Id, t.Name))))
            .Concat((callbacks?.All ?? []).Where(c => c.Verification is not null).OrderBy(c => c.Name, StringComparer.OrdinalIgnoreCase)
                .SelectMany(c => NamesIn(c.Verification!).Select(name => (Name: name, Use: SecretUse.Of(c)))))
            .ToLookup(u => u.Name, u => u.Use, StringComparer.OrdinalIgnoreCase);

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
