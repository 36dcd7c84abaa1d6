using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Components.Pages.Executions;

/// <summary>What pages are given; what a test is about it says itself.</summary>
internal static class Views
{
    public static DateTimeOffset Now { get; } = Sample.Now;

    public static ExecutionView Execution(
        ExecutionStatus status, int attempts = 0, int? maxAttempts = 5, string? code = null, string? detail = null, DateTimeOffset? next = null, double? took = null,
        bool isTest = false, Guid? replayOf = null, Guid? triggerId = null) => new()
        {
            Id = Guid.NewGuid(),
            EventId = Guid.NewGuid(),
            TriggerId = triggerId ?? Guid.NewGuid(),
            TriggerName = "CRM",
            Kind = TriggerKind.Http,
            Status = status,
            Priority = 5,
            CreatedAt = Now,
            NextAttemptAt = next,
            FinishedAt = status is ExecutionStatus.Succeeded or ExecutionStatus.DeadLettered or ExecutionStatus.Cancelled ? Now.AddSeconds(9) : null,
            Attempts = attempts,
            MaxAttempts = maxAttempts,
            Recovered = false,
            Test = isTest,
            ReplayOf = replayOf,
            Code = code,
            Detail = detail,
            DurationMs = took,
        };

    public static AttemptView Attempt(int number, DateTimeOffset? at = null, double took = 10, bool succeeded = false, string code = "http_503", string? request = null, string? response = null) => new()
    {
        Number = number,
        StartedAt = at ?? Now.AddSeconds(number),
        DurationMs = took,
        Succeeded = succeeded,
        Code = code,
        Failure = succeeded ? null : FailureKind.Unavailable,
        Detail = succeeded ? null : "The target is not available right now.",
        Request = request is null ? null : System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(request),
        Response = response is null ? null : System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(response),
    };
}
