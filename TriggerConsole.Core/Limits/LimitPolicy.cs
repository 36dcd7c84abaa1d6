namespace TriggerConsole.Core.Limits;

/// <summary>What is counted, and by what. Each has its section below <c>RateLimiting</c>, of the same name.</summary>
public enum LimitPolicy : byte
{
    /// <summary>Requests to callbacks, by address.</summary>
    Ingress,

    /// <summary>Requests to one callback that sets no limit of its own, from all its senders together.</summary>
    Callback,

    /// <summary>Wrong callback tokens, keys and credentials, and addresses that no callback has, by address.</summary>
    Refusals,

    /// <summary>Requests to the API, by address.</summary>
    Api,

    /// <summary>Requests that show an API key, by key.</summary>
    Key,

    /// <summary>Requests of a person, by user.</summary>
    User,

    /// <summary>Pages and what belongs to them, by address.</summary>
    Pages,

    /// <summary>Sign-in and everything else that looks at a password or code, right or wrong, by address.</summary>
    Account,

    /// <summary>New live connections (hub and pages), by address.</summary>
    Hub,

    /// <summary>The built-in echo endpoint, by address.</summary>
    Echo,

    /// <summary>Health checks, by address.</summary>
    Health,

    /// <summary>Metrics, by address.</summary>
    Metrics,

    /// <summary>Wrong passwords, codes and links, by address. Always counted.</summary>
    SignIn,
}

internal static class LimitPolicies
{
    private static readonly string[] s_names = [.. Enum.GetValues<LimitPolicy>().Select(Kebab)];

    public static int Count => s_names.Length;

    public static IReadOnlyList<LimitPolicy> All { get; } = Enum.GetValues<LimitPolicy>();

    /// <summary>As headers, metrics and the API call it: <c>sign-in-address</c>.</summary>
    public static string Name(this LimitPolicy policy) => s_names[(int)policy];

    private static string Kebab(LimitPolicy policy)
        => string.Concat(policy.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
