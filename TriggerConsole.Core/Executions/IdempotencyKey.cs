namespace TriggerConsole.Core.Executions;

/// <summary>Remembers that a sender's key was accepted, so that the same request sent twice runs once.</summary>
public sealed class IdempotencyKey
{
    public const int MaxKeyLength = 255;

    /// <summary>The callback or trigger it was sent to: keys of different ones do not clash.</summary>
    public required Guid Scope { get; init; }

    public required string Key { get; init; }

    /// <summary>The event that was stored for it.</summary>
    public required Guid EventId { get; init; }

    /// <summary>SHA-256 of the payload: the same key with another payload is a mistake of the sender, and is said so.</summary>
    public required byte[] Fingerprint { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
