namespace TriggerConsole.Core.Executions;

/// <summary>A failed attempt: kind, code of the protocol's closed list, and a sentence for people.</summary>
internal sealed record AttemptFailure(FailureKind Kind, string Code, string Detail)
{
    /// <summary>How long the target asked us to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
