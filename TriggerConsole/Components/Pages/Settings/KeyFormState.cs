using System.Globalization;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Components.Pages.Settings;

/// <summary>What someone has typed about an API key.</summary>
public sealed class KeyFormState : FormState
{
    public const string Keeps = "keep";
    public const string Never = "never";

    public string Name { get; set; } = "";

    /// <summary>Days from now, <see cref="Never"/>, or <see cref="Keeps"/> for what was said before.</summary>
    public string Lifetime { get; set; } = Never;

    /// <summary>Whether the key may do everything, whatever is chosen below.</summary>
    public bool MayAll { get; set; } = true;

    public SortedSet<string> Scopes { get; set; } = new(StringComparer.Ordinal);

    /// <summary>One network on each line.</summary>
    public string Networks { get; set; } = "";

    /// <summary>How long a key lives, in days and in words.</summary>
    public static IReadOnlyList<(string Value, string Text)> Lifetimes { get; } =
        [(Never, "does not expire"), ("7", "in a week"), ("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year")];

    protected override IReadOnlyList<(string Field, string? Fold)> Fields { get; } = [("name", null), ("expiresAt", null), ("scopes", null), ("allowedNetworks", null)];

    public static KeyFormState Of(ApiKey key)
    {
        var state = new KeyFormState
        {
            Name = key.Name,
            Lifetime = key.ExpiresAt is null ? Never : Keeps,
            MayAll = key.ScopeList.Count == 0,
            Scopes = new(key.ScopeList, StringComparer.Ordinal),
            Networks = string.Join('\n', key.NetworkList),
        };
        state.MarkSaved();
        return state;
    }

    public void Choose(string scope, bool on)
    {
        if (on) Scopes.Add(scope);
        else Scopes.Remove(scope);
    }

    /// <summary>Null, with what is wrong in <see cref="FormState.Errors"/>, when it cannot be meant.</summary>
    public ApiKeyInput? ToInput(DateTimeOffset now)
    {
        Refuse([]);
        // An empty list would mean everything, which nobody means who has just taken the last tick away
        if (!MayAll && Scopes.Count == 0)
        {
            Refuse([new("scopes", "Choose at least one thing the key may do.")]);
            return null;
        }
        return new()
        {
            Name = Name,
            Scopes = MayAll ? [] : [.. Scopes],
            NeverExpires = Lifetime == Never,
            ExpiresAt = int.TryParse(Lifetime, CultureInfo.InvariantCulture, out var days) ? now.AddDays(days) : null,
            AllowedNetworks = Networks.Split(['\n', ',', ' ', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        };
    }
}
