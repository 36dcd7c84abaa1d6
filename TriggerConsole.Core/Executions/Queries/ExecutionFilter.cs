using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Queries;

/// <summary>Which executions are meant: of a list, of a bulk replay. Everything left out matches all.</summary>
public sealed record ExecutionFilter
{
    /// <summary>Dead letters that someone has to see to: whoever sent a test has seen it fail.</summary>
    internal static ExecutionFilter DeadLetters { get; } = new() { Statuses = [ExecutionStatus.DeadLettered], Test = false };

    public IReadOnlyList<ExecutionStatus> Statuses { get; init; } = [];

    public TriggerKind? Kind { get; init; }

    public Guid? TriggerId { get; init; }

    /// <summary>Executions of these triggers; null among them stands for those without a saved trigger.</summary>
    internal IReadOnlyList<Guid?>? TriggerIds { get; init; }

    /// <summary>Executions of the triggers of this callback.</summary>
    public Guid? CallbackId { get; init; }

    /// <summary>Made at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Made before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Text that occurs in an id, in the address called, in the outcome or in the payload; case does not count.</summary>
    public string? Q { get; init; }

    /// <summary>Outcome of the last attempt, exactly: <c>timeout</c>.</summary>
    public string? Code { get; init; }

    public bool? Test { get; init; }

    /// <summary>Whether a replay has been made of it.</summary>
    public bool? Replayed { get; init; }
}

/// <summary>One page of executions, newest first.</summary>
/// <param name="NextCursor">Give it back for the next page; null at the end.</param>
/// <param name="SearchedTo">A search that ran out of time stopped here; the next page goes on from it. Null when it saw all it had to.</param>
public sealed record ExecutionPage(IReadOnlyList<ExecutionView> Items, string? NextCursor, DateTimeOffset? SearchedTo);

/// <summary>An execution as lists show it.</summary>
public sealed record ExecutionView
{
    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    public Guid? TriggerId { get; init; }

    public string? TriggerName { get; init; }

    public Guid? CallbackId { get; init; }

    public string? CallbackName { get; init; }

    public required TriggerKind Kind { get; init; }

    public required ExecutionStatus Status { get; init; }

    public required int Priority { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the next attempt is due; null unless it waits.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public required int Attempts { get; init; }

    public int? MaxAttempts { get; init; }

    /// <summary>A stopped process had it in memory: an attempt may have been made that is not recorded.</summary>
    public required bool Recovered { get; init; }

    public required bool Test { get; init; }

    public Guid? ReplayOf { get; init; }

    /// <summary>The address last called, secrets masked.</summary>
    public string? Target { get; init; }

    /// <summary>Outcome of the last attempt: <c>http_200</c>, <c>timeout</c>, …</summary>
    public string? Code { get; init; }

    public FailureKind? Failure { get; init; }

    /// <summary>The last failure in a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>How long the last attempt took, in milliseconds.</summary>
    public double? DurationMs { get; init; }
}

/// <summary>An execution that repeats another one.</summary>
public sealed record ReplayView(Guid Id, ExecutionStatus Status);

/// <summary>An execution with all that is known of it.</summary>
public sealed record ExecutionDetails(ExecutionView Execution, IReadOnlyList<AttemptView> Attempts);

/// <summary>One attempt, with what was sent and what came back as JSON.</summary>
public sealed record AttemptView
{
    public required int Number { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required double DurationMs { get; init; }

    public required bool Succeeded { get; init; }

    public required string Code { get; init; }

    public FailureKind? Failure { get; init; }

    public string? Detail { get; init; }

    public System.Text.Json.JsonElement? Request { get; init; }

    public System.Text.Json.JsonElement? Response { get; init; }
}
