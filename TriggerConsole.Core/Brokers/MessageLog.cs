using System.Diagnostics.CodeAnalysis;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;

namespace TriggerConsole.Core.Brokers;

/// <summary>Which messages are meant. Everything left out matches all.</summary>
public abstract record MessageLogFilter
{
    public Guid? BrokerId { get; init; }

    public Guid? TriggerId { get; init; }

    public IReadOnlyList<ExecutionStatus> Statuses { get; init; } = [];

    /// <summary>Made at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Made before this time.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>One page of messages, newest first.</summary>
/// <param name="NextCursor">Give it back for the next page; null at the end.</param>
/// <param name="SearchedTo">A search that ran out of time stopped here; the next page goes on from it. Null when it saw all it had to.</param>
public sealed record MessageLogPage<TEntry>(IReadOnlyList<TEntry> Items, string? NextCursor, DateTimeOffset? SearchedTo);

/// <summary>A message that was sent, or is to be: an execution with what its last attempt says.</summary>
public abstract record MessageLogEntry
{
    [SetsRequiredMembers]
    private protected MessageLogEntry(ExecutionView view, Attempt? last, Guid? brokerId, string? broker)
    {
        ExecutionId = view.Id;
        CreatedAt = view.CreatedAt;
        SentAt = last?.StartedAt;
        TriggerId = view.TriggerId;
        TriggerName = view.TriggerName;
        BrokerId = brokerId;
        Broker = broker;
        Status = view.Status;
        Code = view.Code;
        Detail = view.Detail;
        Attempts = view.Attempts;
        Test = view.Test;
        DurationMs = view.DurationMs;
    }

    public required Guid ExecutionId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last attempt began; null when none has been made.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Null for what was published without a saved trigger.</summary>
    public Guid? TriggerId { get; init; }

    public string? TriggerName { get; init; }

    public Guid? BrokerId { get; init; }

    /// <summary>Name of the broker.</summary>
    public string? Broker { get; init; }

    public required ExecutionStatus Status { get; init; }

    /// <summary>Outcome of the last attempt: <c>acknowledged</c>, <c>confirmed</c>, <c>broker_unreachable</c>, …</summary>
    public string? Code { get; init; }

    public string? Detail { get; init; }

    public required int Attempts { get; init; }

    public required bool Test { get; init; }

    public double? DurationMs { get; init; }
}
