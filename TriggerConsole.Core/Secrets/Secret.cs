namespace TriggerConsole.Core.Secrets;

/// <summary>A named value that templates use as <c>{secret:NAME}</c>. Stored encrypted, never shown again.</summary>
public sealed class Secret
{
    public const int MaxNameLength = 64;
    public const int MaxValueLength = 8192;
    public const int MaxHostsLength = 2000;

    public required Guid Id { get; init; }

    /// <summary>Letters, digits, <c>_</c>, <c>-</c> and <c>.</c>; unique without regard to case.</summary>
    public required string Name { get; init; }

    public string Description { get; set; } = "";

    /// <summary>The value, encrypted by <see cref="SecretProtector"/>.</summary>
    public required string ProtectedValue { get; set; }

    /// <summary>The value before, encrypted; senders to callbacks may show it until <see cref="PreviousUntil"/>.</summary>
    public string? ProtectedPrevious { get; set; }

    public DateTimeOffset? PreviousUntil { get; set; }

    /// <summary>Hosts that it may be sent to, separated by commas; empty for all.</summary>
    public string AllowedHosts { get; set; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When it got its value; null when that was before this was kept.</summary>
    public DateTimeOffset? ValueChangedAt { get; set; }

    /// <summary>When it was last used, to the half minute; null when that was never, or before this was kept.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}
