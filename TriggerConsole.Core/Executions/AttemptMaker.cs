using Microsoft.Extensions.Logging;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Executions;

/// <summary>Makes one attempt and turns it into its record, whatever happens. Used by the engine and for tests of unsaved settings.</summary>
internal sealed partial class AttemptMaker(ExecutionNode node, TimeProvider time, EngineMetrics metrics, ILogger<AttemptMaker> logger)
{
    /// <summary>Null when it was broken off by <paramref name="cancellationToken"/>: then it does not count.</summary>
    public async Task<MadeAttempt?> MakeAsync(
        ITriggerKind kind, PreparedTrigger prepared, Execution execution, EventContent content, CancellationToken cancellationToken)
    {
        var startedAt = time.Now();
        var start = time.GetTimestamp();
        var number = execution.Attempts + 1;
        AttemptOutcome outcome;
        try
        {
            var context = new AttemptContext { ExecutionId = execution.Id, TriggerId = execution.TriggerId, Attempt = number, Event = content, Now = startedAt };
            outcome = await kind.ExecuteAsync(prepared, context, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            // A fault of ours must cost one attempt, not the engine; and the execution must not become a poison message
            LogFault(execution.Id, exception);
            outcome = new() { Failure = FailureKind.Configuration, Code = "internal", Detail = $"TriggerConsole met a fault of its own ({exception.GetType().Name}). The server's log has the details." };
        }
        var duration = (long)time.GetElapsedTime(start).TotalMicroseconds;
        if (!outcome.NothingSent) metrics.AttemptMade(kind.Kind, outcome, duration);
        return new(outcome, new Attempt
        {
            ExecutionId = execution.Id,
            Number = number,
            StartedAt = startedAt,
            DurationMicroseconds = duration,
            Succeeded = outcome.Succeeded,
            Failure = outcome.Failure,
            Code = Cut(outcome.Code, Execution.MaxCodeLength)!,
            Detail = Cut(outcome.Detail, Execution.MaxDetailLength),
            NodeId = execution.OwnerId ?? node.Id,
            Request = outcome.Request,
            Response = outcome.Response,
        });
    }

    public static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");

    [LoggerMessage(EventIds.AttemptFault, LogLevel.Error, "A fault of ours in an attempt of execution {ExecutionId}.")]
    private partial void LogFault(Guid executionId, Exception exception);
}

internal sealed record MadeAttempt(AttemptOutcome Outcome, Attempt Attempt);
