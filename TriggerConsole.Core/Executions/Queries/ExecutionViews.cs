using System.Text.Json;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions.Queries;

/// <summary>Turns rows into what people see: with names, and with the status <c>Held</c> of paused triggers.</summary>
internal sealed class ExecutionViews(TriggerDirectory triggers, CallbackDirectory callbacks)
{
    public ExecutionView Of(Execution row)
    {
        var trigger = row.TriggerId is { } id ? triggers.Find(id) : null;
        var status = StatusOf(row.Status, trigger);
        return new()
        {
            Id = row.Id,
            EventId = row.EventId,
            TriggerId = row.TriggerId,
            TriggerName = trigger?.Name,
            CallbackId = trigger?.CallbackId,
            CallbackName = trigger?.CallbackId is { } callback ? callbacks.Find(callback)?.Name : null,
            Kind = row.Kind,
            Status = status,
            Priority = row.Priority,
            CreatedAt = row.CreatedAt,
            NextAttemptAt = status is ExecutionStatus.Queued or ExecutionStatus.Retrying ? row.DueAt : null,
            FinishedAt = row.FinishedAt,
            Attempts = row.Attempts,
            MaxAttempts = trigger?.Retry.MaxAttempts,
            Recovered = row.Recoveries > 0,
            Test = row.IsTest,
            ReplayOf = row.ReplayOf,
            Target = row.Target,
            Code = row.LastCode,
            Failure = row.LastFailure,
            Detail = row.LastDetail,
            DurationMs = row.LastDurationMicroseconds / 1000.0,
        };
    }

    public static AttemptView Of(Attempt row) => new()
    {
        Number = row.Number,
        StartedAt = row.StartedAt,
        DurationMs = row.DurationMicroseconds / 1000.0,
        Succeeded = row.Succeeded,
        Code = row.Code,
        Failure = row.Failure,
        Detail = row.Detail,
        Request = Json(row.Request),
        Response = Json(row.Response),
    };

    public static ExecutionStatus StatusOf(ExecutionStatus stored, RuntimeTrigger? trigger)
        => stored is ExecutionStatus.Queued or ExecutionStatus.Retrying && trigger is { Paused: true } ? ExecutionStatus.Held : stored;

    private static JsonElement? Json(byte[]? utf8)
    {
        if (utf8 is null) return null;
        using var document = JsonDocument.Parse(utf8);
        return document.RootElement.Clone();
    }
}
