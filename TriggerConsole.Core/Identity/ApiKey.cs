using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Identity;

/// <summary>A key for programs: sent as <c>X-Api-Key</c> or bearer token, stored as a hash, shown once.</summary>
public sealed class ApiKey
{
    public const int MaxNameLength = 100;

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>SHA-256 of the key. The key has 256 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>First and last characters, so that people can tell keys apart.</summary>
    public required string Hint { get; init; }

    /// <summary>E-mail of the user who made it; <c>configuration</c> for the key of the first start.</summary>
    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>To the minute: it is written at most once a minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Refused from then on; null for a key that does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Names of <see cref="Permissions"/> that it may use, joined by commas; empty: all.</summary>
    public string Scopes { get; set; } = "";

    /// <summary>Networks it may be shown from, joined by commas; empty: everywhere.</summary>
    public string AllowedNetworks { get; set; } = "";

    public IReadOnlyList<string> ScopeList => Scopes.Split(',', StringSplitOptions.RemoveEmptyEntries);

    public IReadOnlyList<string> NetworkList => Networks.Split(AllowedNetworks);
}
