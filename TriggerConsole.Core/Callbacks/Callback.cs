using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Callbacks;

/// <summary>A URL with a token where events enter. Elsewhere called a <em>source</em>.</summary>
public sealed class Callback
{
    public const int MaxNameLength = 200;
    public const int MaxDescriptionLength = 2000;
    public const int MaxPathLength = 200;

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    /// <summary>Path below <c>/api/trigger/custom/</c>, in lower case, without slashes at its ends; null when only the id is used.</summary>
    public string? Path { get; set; }

    /// <summary>Allowed request methods, separated by commas: <c>POST,PUT</c>.</summary>
    public required string Methods { get; set; }

    public bool Enabled { get; set; } = true;

    /// <summary>SHA-256 of the token. The token has 256 random bits, so a slow hash would add nothing.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>The last four characters, so that people can tell tokens apart.</summary>
    public required string TokenHint { get; set; }

    /// <summary>The token before the last rotation; it still works until <see cref="PreviousTokenExpiresAt"/>.</summary>
    public byte[]? PreviousTokenHash { get; set; }

    public DateTimeOffset? PreviousTokenExpiresAt { get; set; }

    /// <summary>Largest body in bytes; null for the installation's limit (<c>Ingress:MaxBodyBytes</c>).</summary>
    public int? MaxBodyBytes { get; set; }

    /// <summary>Requests in any minute from all senders together; null for the installation's limit (<c>RateLimiting:Callback</c>).</summary>
    public int? LimitPerMinute { get; set; }

    /// <summary>Of these, how many within one second; null for any number.</summary>
    public int? LimitPerSecond { get; set; }

    /// <summary>JSON of how senders are checked, secret fields left out; null for the token.</summary>
    public string? Verification { get; set; }

    /// <summary>The secret fields of <see cref="Verification"/>, as one encrypted JSON object of path and value.</summary>
    public string? ProtectedSecrets { get; set; }

    /// <summary>Networks in CIDR notation that requests may come from, separated by commas; empty for all.</summary>
    public string AllowedNetworks { get; set; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Deleted callbacks keep their row while history names them.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    public int Version { get; set; }

    public IReadOnlyList<string> NetworkList => Networks.Split(AllowedNetworks);

    public IReadOnlyList<string> MethodList => Methods.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
