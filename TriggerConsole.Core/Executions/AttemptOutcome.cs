namespace TriggerConsole.Core.Executions;

/// <summary>
/// What one attempt came to. What the other side does is data, never an exception. Cancellation is not an outcome either:
/// an executor lets <see cref="OperationCanceledException"/> through when its token asked for it, and the engine decides.
/// </summary>
public sealed class AttemptOutcome
{
    public bool Succeeded => Failure is null;

    /// <summary>Null when the attempt succeeded.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary>
    /// Nothing was sent, because the connection to the target had gone: a failure to whoever tries out settings, but no attempt
    /// of an execution, which waits for the connection (<see cref="Triggers.ITargetConnections"/>).
    /// </summary>
    public bool NothingSent { get; init; }

    /// <summary>
    /// The target answered and is well, whatever the failure's kind: one queue of a broker is full. Then the failure does not count
    /// for the circuit breaker, which would hold up all that goes there.
    /// </summary>
    public bool TargetIsWell { get; init; }

    /// <summary>One word of the protocol's closed list: <c>http_200</c>, <c>dns</c>, <c>tls</c>, <c>timeout</c>, …</summary>
    public required string Code { get; init; }

    /// <summary>A failure in a sentence for people: what happened, why if known, what to do.</summary>
    public string? Detail { get; init; }

    /// <summary>How long the target asked us to wait before the next try.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The address actually called, secrets masked.</summary>
    public string? Target { get; init; }

    /// <summary>UTF-8 JSON of the request as sent, secrets masked.</summary>
    public byte[]? Request { get; init; }

    /// <summary>UTF-8 JSON of the answer, capped, secrets masked.</summary>
    public byte[]? Response { get; init; }
}
