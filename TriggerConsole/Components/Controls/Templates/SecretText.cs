using System.Text.Json;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Components.Controls.Templates;

/// <summary>
/// A write-only field as a form holds it: what is stored is never seen here, only that there is something, and it stays until
/// it is replaced.
/// </summary>
public sealed class SecretText
{
    public string Text { get; set; } = "";

    /// <summary>The server has a value for it.</summary>
    public bool IsStored { get; set; }

    /// <summary>A new value is to take the stored one's place.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>Nothing is typed, the stored value stays.</summary>
    public bool IsKept => IsStored && !IsReplaced;

    /// <summary>The value names a secret (<c>{secret:NAME}</c>), so it is none itself and may be seen.</summary>
    public bool IsReference => SecretFields.IsPlaceholder(Text);

    /// <summary>What settings say: null leaves the stored value as it is.</summary>
    public string? ToSettings() => IsKept ? null : Text;

    /// <summary>What may be written down elsewhere: no secret. A stored value then stays as it is; it must not be lost with the new one.</summary>
    public SecretText WithoutSecret() => new() { Text = IsReference ? Text : "", IsStored = IsStored, IsReplaced = IsReplaced && IsReference };

    /// <param name="holder">The settings as the API shows them: null and <c>has…</c> beside it for what is stored.</param>
    public static SecretText Read(JsonElement holder, string name)
    {
        var mark = "has" + char.ToUpperInvariant(name[0]) + name[1..];
        return new()
        {
            Text = holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "",
            IsStored = holder.TryGetProperty(mark, out var stored) && stored.ValueKind == JsonValueKind.True,
        };
    }
}
