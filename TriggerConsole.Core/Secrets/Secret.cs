namespace TriggerConsole.Core.Secrets;

/// <summary>A named value that templates use as <c>{secret:NAME}</c>. Stored encrypted, never shown again.</summary>
public sealed class Secret
{
    public const int MaxNameLength = 64;
    public const int MaxValueLength = 8192;

    public required Guid Id { get; init; }

    /// <summary>Letters, digits, <c>_</c>, <c>-</c> and <c>.</c>; unique without regard to case.</summary>
    public required string Name { get; init; }

    public string Description { get; set; } = "";

    /// <summary>The value, encrypted by Data Protection.</summary>
    public required string ProtectedValue { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }
}
