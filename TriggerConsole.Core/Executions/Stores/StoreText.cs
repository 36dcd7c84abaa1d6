using System.Text;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Stores;

/// <summary>The words that stand in the database for our enums: the same that EF Core writes. Switches, because <c>ToString</c> of an enum is slow.</summary>
internal static class StoreText
{
    public static string Of(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Queued => nameof(ExecutionStatus.Queued),
        ExecutionStatus.Running => nameof(ExecutionStatus.Running),
        ExecutionStatus.Retrying => nameof(ExecutionStatus.Retrying),
        ExecutionStatus.Succeeded => nameof(ExecutionStatus.Succeeded),
        ExecutionStatus.DeadLettered => nameof(ExecutionStatus.DeadLettered),
        ExecutionStatus.Cancelled => nameof(ExecutionStatus.Cancelled),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "This status is never stored."),
    };

    public static string Of(TriggerKind kind) => kind switch
    {
        TriggerKind.Http => nameof(TriggerKind.Http),
        TriggerKind.Mqtt => nameof(TriggerKind.Mqtt),
        TriggerKind.Amqp => nameof(TriggerKind.Amqp),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string Of(EventOrigin origin) => origin switch
    {
        EventOrigin.Callback => nameof(EventOrigin.Callback),
        EventOrigin.Api => nameof(EventOrigin.Api),
        EventOrigin.Test => nameof(EventOrigin.Test),
        EventOrigin.Replay => nameof(EventOrigin.Replay),
        EventOrigin.Schedule => nameof(EventOrigin.Schedule),
        _ => throw new ArgumentOutOfRangeException(nameof(origin)),
    };

    public static string Of(ExecutionActionKind kind) => kind switch
    {
        ExecutionActionKind.Cancelled => nameof(ExecutionActionKind.Cancelled),
        ExecutionActionKind.Retried => nameof(ExecutionActionKind.Retried),
        ExecutionActionKind.Discarded => nameof(ExecutionActionKind.Discarded),
        ExecutionActionKind.Recovered => nameof(ExecutionActionKind.Recovered),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string Of(ScheduleRunOutcome outcome) => outcome switch
    {
        ScheduleRunOutcome.Fired => nameof(ScheduleRunOutcome.Fired),
        ScheduleRunOutcome.SkippedOverlap => nameof(ScheduleRunOutcome.SkippedOverlap),
        ScheduleRunOutcome.SkippedMissed => nameof(ScheduleRunOutcome.SkippedMissed),
        ScheduleRunOutcome.Failed => nameof(ScheduleRunOutcome.Failed),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    public static string? Of(FailureKind? failure) => failure switch
    {
        null => null,
        FailureKind.RateLimited => nameof(FailureKind.RateLimited),
        FailureKind.Transient => nameof(FailureKind.Transient),
        FailureKind.Unavailable => nameof(FailureKind.Unavailable),
        FailureKind.Timeout => nameof(FailureKind.Timeout),
        FailureKind.Authentication => nameof(FailureKind.Authentication),
        FailureKind.Configuration => nameof(FailureKind.Configuration),
        FailureKind.Permanent => nameof(FailureKind.Permanent),
        _ => throw new ArgumentOutOfRangeException(nameof(failure)),
    };

    /// <summary>Text that every database takes: PostgreSQL refuses NUL, and no encoder takes half a surrogate pair.</summary>
    public static string? Storable(string? text)
    {
        if (text is null) return null;
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0) text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return text.Contains('\0') ? text.Replace('\0', '\uFFFD') : text;
    }
}
