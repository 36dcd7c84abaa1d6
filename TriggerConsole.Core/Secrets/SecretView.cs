namespace TriggerConsole.Core.Secrets;

/// <summary>A secret as people may see it: everything but its value.</summary>
public sealed record SecretView
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it got its value.</summary>
    public required DateTimeOffset ValueChangedAt { get; init; }

    /// <summary>When it was last put into a message or compared with what a sender showed; null when that was never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Until when senders may show the value before; null when they may not.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>Where it may be sent; empty for everywhere.</summary>
    public required IReadOnlyList<string> AllowedHosts { get; init; }

    /// <summary>Its value is older than <c>Secrets:RemindAfterDays</c>.</summary>
    public required bool IsOld { get; init; }
}

/// <summary>What is to become of a secret; what is null stays.</summary>
public sealed record SecretChange
{
    public const int MaxOverlapHours = 30 * 24;

    public string? Value { get; init; }

    public string? Description { get; init; }

    /// <summary>How long senders to callbacks may go on showing the value before the new one, in hours; 0 ends an overlap. Default: not at all.</summary>
    public int? OverlapHours { get; init; }

    /// <summary>Hosts that it may be sent to; an empty list for all.</summary>
    public IReadOnlyList<string>? AllowedHosts { get; init; }
}
