using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Identity;

/// <summary>What is said of an API key. When one is changed, what is left out stays.</summary>
public sealed record ApiKeyInput
{
    /// <summary>Who uses it.</summary>
    public string? Name { get; init; }

    /// <summary>Names of <see cref="Permissions"/>; empty: everything.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>True: it does not end by itself.</summary>
    public bool NeverExpires { get; init; }

    /// <summary>Networks it may be shown from, in CIDR notation; empty: everywhere.</summary>
    public IReadOnlyList<string>? AllowedNetworks { get; init; }

    /// <param name="mayGrant">Whether whoever asks may do this himself: nobody makes a key that may do more.</param>
    internal void ApplyTo(ApiKey key, Func<string, bool> mayGrant, DateTimeOffset now, FieldErrors errors)
    {
        if (Name is not null) key.Name = Name.Trim();
        if (key.Name.Length is 0 or > ApiKey.MaxNameLength) errors.Add("name", $"Give the key a name of 1 to {ApiKey.MaxNameLength} characters that says who uses it.");
        OneLine.Check(key.Name, errors);
        if (Scopes is not null)
        {
            for (var i = 0; i < Scopes.Count; i++)
                if (Permissions.Find(Scopes[i]) is null) errors.Add($"scopes[{i}]", $"There is no scope {Shown(Scopes[i])}. Choose from {string.Join(", ", Permissions.All.Select(p => p.Name))}.");
            key.Scopes = string.Join(',', Permissions.All.Select(p => p.Name).Where(Scopes.Contains));
        }
        // Checked on what it would be: a key with few scopes must not give itself, or another key, more
        if (!errors.Any && (key.Scopes.Length == 0 ? Permissions.All.Select(p => p.Name) : key.ScopeList).Where(s => !mayGrant(s)).ToList() is { Count: > 0 } more)
            errors.Add("scopes", $"You may not do this yourself, so you cannot give it to a key: {string.Join(", ", more)}.");
        if (NeverExpires && ExpiresAt is not null) errors.Add("neverExpires", "Give a time of expiry, or say that there is none; not both.");
        else if (NeverExpires) key.ExpiresAt = null;
        else if (ExpiresAt <= now) errors.Add("expiresAt", "Give a time to come. To end a key now, revoke it.");
        else key.ExpiresAt = ExpiresAt?.ToUniversalTime() ?? key.ExpiresAt;
        if (AllowedNetworks is not null && Networks.Read(AllowedNetworks, errors) is { } networks) key.AllowedNetworks = Networks.Join(networks);
    }

    private static string Shown(string? scope) => scope is null ? "null" : $"“{(scope.Length <= 40 ? scope : scope[..40] + "…")}”";
}
