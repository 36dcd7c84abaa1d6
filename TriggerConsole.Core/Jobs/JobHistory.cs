using TriggerConsole.Core.Executions;

namespace TriggerConsole.Core.Jobs;

/// <summary>A step in the life of a job.</summary>
public enum JobStepKind
{
    Created,
    Scheduled,
    Enqueued,

    /// <summary>An attempt began.</summary>
    Processing,
    Succeeded,

    /// <summary>An attempt failed, and another one was due later.</summary>
    AwaitingRetry,

    /// <summary>An attempt failed; what came next was someone's doing.</summary>
    AttemptFailed,

    /// <summary>It became a dead letter.</summary>
    Failed,
    Deleted,

    /// <summary>Someone put it back into its queue.</summary>
    Requeued,

    /// <summary>Its node ended or was lost, and it went back to its queue.</summary>
    Recovered,
}

/// <summary>One card of a job's history.</summary>
public sealed record JobStep
{
    public required JobStepKind Kind { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Since the step before, in milliseconds; null for the first.</summary>
    public double? SinceMs { get; init; }

    /// <summary>Of <see cref="JobStepKind.Processing"/> and what came of it: the number of the attempt.</summary>
    public int? Attempt { get; init; }

    /// <summary>Name of the node; its id when it is no longer listed.</summary>
    public string? Node { get; init; }

    /// <summary>Who did it: e-mail of the user or name of the API key.</summary>
    public string? Actor { get; init; }

    public string? Reason { get; init; }

    /// <summary>Outcome of the attempt: <c>http_503</c>.</summary>
    public string? Code { get; init; }

    /// <summary>How long the attempt took, in milliseconds.</summary>
    public double? DurationMs { get; init; }

    /// <summary>How long it had waited from when it was due, in milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>When the next attempt is due, or the first.</summary>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>Tells the life of a job from its row, its attempts, and what was done to it; newest first.</summary>
internal static class JobHistory
{
    private static readonly TimeSpan s_noDelay = TimeSpan.FromMilliseconds(1);

    /// <param name="attempts">In any order.</param>
    /// <param name="nodeNames">Of the nodes that are listed.</param>
    public static IReadOnlyList<JobStep> Of(Execution row, IEnumerable<Attempt> attempts, IReadOnlyList<ExecutionAction> actions, IReadOnlyDictionary<Guid, string> nodeNames)
    {
        var tries = attempts.OrderBy(a => a.Number).ToList();
        var steps = new List<JobStep> { new() { Kind = JobStepKind.Created, At = row.CreatedAt } };
        // The time of the first attempt is remembered only until a second one is due
        var isFirstDue = tries.Count == 0 && actions.Count == 0 || tries.Count == 1 && row.FinishedAt is not null && actions.Count == 0;
        var firstDue = isFirstDue && row.DueAt - row.CreatedAt > s_noDelay ? row.DueAt : row.CreatedAt;
        if (firstDue > row.CreatedAt) steps.Add(new() { Kind = JobStepKind.Scheduled, At = row.CreatedAt, DueAt = firstDue });
        if (JobStates.Of(row.Status, row.DueAt, DateTimeOffset.MaxValue) != JobState.Scheduled && (firstDue == row.CreatedAt || tries.Count > 0 || row.Status == ExecutionStatus.Running))
            steps.Add(new() { Kind = JobStepKind.Enqueued, At = firstDue, Reason = new JobQueue(row.Kind, row.Priority).Name });
        for (var i = 0; i < tries.Count; i++) AddAttempt(steps, row, tries, i, firstDue, actions, nodeNames);
        if (row is { Status: ExecutionStatus.Running, StartedAt: { } started })
            steps.Add(new() { Kind = JobStepKind.Processing, At = started, Attempt = row.Attempts + 1, Node = NameOf(row.OwnerId, nodeNames) });
        steps.AddRange(actions.Select(action => Of(action, nodeNames)));

        var ordered = steps.Select((step, index) => (step, index)).OrderBy(s => s.step.At).ThenBy(s => s.index).Select(s => s.step).ToList();
        for (var i = 1; i < ordered.Count; i++) ordered[i] = ordered[i] with { SinceMs = Math.Max(0, (ordered[i].At - ordered[i - 1].At).TotalMilliseconds) };
        ordered.Reverse();
        return ordered;
    }

    private static void AddAttempt(
        List<JobStep> steps, Execution row, List<Attempt> tries, int index, DateTimeOffset firstDue, IReadOnlyList<ExecutionAction> actions, IReadOnlyDictionary<Guid, string> nodeNames)
    {
        var attempt = tries[index];
        var isLast = index == tries.Count - 1;
        var node = NameOf(attempt.NodeId, nodeNames);
        var ended = attempt.StartedAt + TimeSpan.FromMicroseconds(attempt.DurationMicroseconds);
        var next = isLast ? DateTimeOffset.MaxValue : tries[index + 1].StartedAt;
        var due = index == 0 ? firstDue : isLast && row.FinishedAt is not null ? row.DueAt : (DateTimeOffset?)null;
        steps.Add(new()
        {
            Kind = JobStepKind.Processing,
            At = attempt.StartedAt,
            Attempt = attempt.Number,
            Node = node,
            LatencyMs = due is { } at ? Math.Max(0, (attempt.StartedAt - at).TotalMilliseconds) : null,
        });
        var doneTo = actions.Where(a => a.At >= ended && a.At <= next).ToList();
        var kind = attempt.Succeeded ? JobStepKind.Succeeded
            : isLast && row.Status == ExecutionStatus.DeadLettered || doneTo.Any(a => a.Kind == ExecutionActionKind.Discarded) ? JobStepKind.Failed
            : doneTo.Any(a => a.Kind is ExecutionActionKind.Retried or ExecutionActionKind.Cancelled) ? JobStepKind.AttemptFailed
            : JobStepKind.AwaitingRetry;
        steps.Add(new()
        {
            Kind = kind,
            At = ended,
            Attempt = attempt.Number,
            Node = node,
            Code = attempt.Code,
            Reason = attempt.Detail,
            DurationMs = attempt.DurationMicroseconds / 1000.0,
            DueAt = kind == JobStepKind.AwaitingRetry ? isLast ? row.DueAt : tries[index + 1].StartedAt : null,
        });
    }

    private static JobStep Of(ExecutionAction action, IReadOnlyDictionary<Guid, string> nodeNames) => new()
    {
        Kind = action.Kind switch
        {
            ExecutionActionKind.Retried => JobStepKind.Requeued,
            ExecutionActionKind.Recovered => JobStepKind.Recovered,
            _ => JobStepKind.Deleted,
        },
        At = action.At,
        Actor = action.Actor,
        Reason = action.Kind == ExecutionActionKind.Discarded ? "The dead letter was given up." : action.Detail,
        Node = NameOf(action.NodeId, nodeNames),
    };

    private static string? NameOf(Guid? node, IReadOnlyDictionary<Guid, string> names) => node is { } id ? names.GetValueOrDefault(id) ?? id.ToString()[..13] : null;
}
