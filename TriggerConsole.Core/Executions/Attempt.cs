namespace TriggerConsole.Core.Executions;

/// <summary>One try of an execution: what was sent (secrets masked), what came back, how long it took.</summary>
public sealed class Attempt
{
    public required Guid ExecutionId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required long DurationMicroseconds { get; init; }

    public required bool Succeeded { get; init; }

    public FailureKind? Failure { get; init; }

    /// <summary><c>http_200</c>, <c>timeout</c>, <c>dns</c>, …: the closed list of each protocol is documented where it is produced.</summary>
    public required string Code { get; init; }

    public string? Detail { get; init; }

    /// <summary>The node that made it; null in rows of versions that did not write it.</summary>
    public Guid? NodeId { get; init; }

    /// <summary>UTF-8 JSON of what was sent; the shape is the protocol's (<c>RecordedHttpRequest</c>, …).</summary>
    public byte[]? Request { get; init; }

    /// <summary>UTF-8 JSON of what came back.</summary>
    public byte[]? Response { get; init; }
}
