using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;

namespace TriggerConsole.Components.Pages.Executions;

/// <summary>One station on the way of an execution.</summary>
/// <param name="Css">Colour of its dot: a status, or <c>plain</c>.</param>
/// <param name="At">When; null for what has no time (yet).</param>
/// <param name="Note">What happened: "HTTP 503, 84 ms".</param>
/// <param name="Then">Time to the next station: "2.1 s"; null at the end, and where it is not known.</param>
/// <param name="Attempt">Its number, when it is one.</param>
public sealed record StripStep(string Title, string Css, DateTimeOffset? At, string? Note = null, string? Then = null, int? Attempt = null);

/// <summary>The way of an execution at a glance: received → queued → attempts → what comes next.</summary>
internal static class ExecutionStrip
{
    private const int MostAttempts = 7;
    private const int KeptAtStart = 2;
    private const int KeptAtEnd = 3;

    /// <param name="receivedAt">When its event arrived; null when the event is no longer stored.</param>
    /// <param name="attempts">In any order.</param>
    public static IReadOnlyList<StripStep> Of(ExecutionView execution, DateTimeOffset? receivedAt, IReadOnlyList<AttemptView> attempts)
    {
        var steps = new List<StripStep>();
        DateTimeOffset? last = null;
        if (receivedAt is { } received) Add("Received", "plain", received, null, received);
        Add(execution.ReplayOf is null ? "Queued" : "Replayed", "plain", execution.CreatedAt, null, execution.CreatedAt);

        var ordered = attempts.OrderBy(a => a.Number).ToList();
        var hidden = ordered.Count > MostAttempts ? ordered.Count - KeptAtStart - KeptAtEnd : 0;
        for (var i = 0; i < ordered.Count; i++)
        {
            var attempt = ordered[i];
            var end = attempt.StartedAt.AddMilliseconds(attempt.DurationMs);
            if (hidden > 0 && i >= KeptAtStart && i < KeptAtStart + hidden)
            {
                if (i == KeptAtStart) steps.Add(new($"{hidden} more tries", "plain", null, "all failed"));
                last = end;
                continue;
            }
            Add($"Try {attempt.Number}", attempt.Succeeded ? "succeeded" : "dead", attempt.StartedAt, $"{Format.Code(attempt.Code)}, {Format.Duration(attempt.DurationMs)}", end, attempt.Number);
        }
        if (Next(execution) is { } next)
        {
            if (next.At is { } at && ordered.Count > 0) Bridge(at);
            steps.Add(next);
        }
        return steps;

        void Add(string title, string css, DateTimeOffset at, string? note, DateTimeOffset end, int? attempt = null)
        {
            Bridge(at);
            steps.Add(new(title, css, at, note, null, attempt));
            last = end;
        }

        void Bridge(DateTimeOffset at)
        {
            // Clocks of several machines may differ by a little; nothing goes back in time
            if (last is { } before) steps[^1] = steps[^1] with { Then = Format.Duration(Math.Max(0, (at - before).TotalMilliseconds)) };
        }
    }

    private static StripStep? Next(ExecutionView execution) => execution.Status switch
    {
        ExecutionStatus.Retrying => new($"Try {execution.Attempts + 1}", "retrying", execution.NextAttemptAt, "next"),
        ExecutionStatus.Queued => new($"Try {execution.Attempts + 1}", "queued", execution.NextAttemptAt > execution.CreatedAt ? execution.NextAttemptAt : null, "waits"),
        ExecutionStatus.Held => new("Held", "held", null, "trigger paused"),
        ExecutionStatus.Running => new($"Try {execution.Attempts + 1}", "running", null, "under way"),
        ExecutionStatus.Cancelled => new("Cancelled", "cancelled", execution.FinishedAt),
        ExecutionStatus.DeadLettered when !execution.Test => new("Dead letter", "dead", execution.FinishedAt),
        _ => null,
    };
}
