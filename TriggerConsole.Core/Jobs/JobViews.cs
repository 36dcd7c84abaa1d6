using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Jobs;

/// <summary>Turns rows into jobs: with names, latency, and the state of the node that holds them.</summary>
internal sealed class JobViews(ExecutionViews views, TriggerDirectory triggers, NodeHealths nodes)
{
    public async Task<IReadOnlyList<JobView>> OfAsync(TriggerConsoleDbContext context, IReadOnlyList<Execution> rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = rows.Any(r => r.OwnerId is not null) ? await context.Nodes.AsNoTracking().ToDictionaryAsync(n => n.Id, cancellationToken) : [];
        return [.. rows.Select(row => Of(row, row.OwnerId is { } id ? known.GetValueOrDefault(id) : null, now))];
    }

    private JobView Of(Execution row, Nodes.Node? node, DateTimeOffset now)
    {
        var isRunning = row.Status == ExecutionStatus.Running;
        var started = isRunning ? row.StartedAt : null;
        return new()
        {
            Id = row.Id,
            State = JobStates.Of(row.Status, row.OwnerId is null ? row.DueAt : DateTimeOffset.MinValue, now),
            Queue = new JobQueue(row.Kind, row.Priority).Name,
            Execution = views.Of(row),
            DueAt = row.DueAt,
            StartedAt = started,
            NodeId = row.OwnerId,
            Node = node?.Name,
            IsNodeLost = row.OwnerId is { } owner && !nodes.IsWell(owner, node, now),
            IsStuck = started is { } at && StuckRule.IsStuck(row.TriggerId is { } id ? triggers.Find(id) : null, at, now),
            LatencyMs = LatencyOf(row),
            TotalMs = row.FinishedAt is { } finished ? Math.Max(0, (finished - row.CreatedAt).TotalMilliseconds) : null,
        };
    }

    // Its last attempt began so long before it was finished
    private static double? LatencyOf(Execution row)
        => row is { FinishedAt: { } finished, LastDurationMicroseconds: { } took, Status: ExecutionStatus.Succeeded or ExecutionStatus.DeadLettered }
            ? Math.Max(0, (finished - row.DueAt).TotalMilliseconds - took / 1000.0) : null;
}
