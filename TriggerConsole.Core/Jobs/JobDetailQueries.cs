using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Jobs;

/// <summary>A job with its attempts and its history, both newest first.</summary>
public sealed record JobDetails(JobView Job, IReadOnlyList<AttemptView> Attempts, IReadOnlyList<JobStep> History);

/// <summary>Reads one job with all that is known of it.</summary>
internal sealed class JobDetailQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, JobViews views, TimeProvider time)
{
    public async Task<JobDetails?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Executions.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } row) return null;
        var attempts = await context.Attempts.AsNoTracking().Where(a => a.ExecutionId == id).OrderByDescending(a => a.Number).ToListAsync(cancellationToken);
        var actions = await context.ExecutionActions.AsNoTracking().Where(a => a.ExecutionId == id).OrderBy(a => a.At).ToListAsync(cancellationToken);
        var nodes = await context.Nodes.AsNoTracking().ToDictionaryAsync(n => n.Id, n => n.Name, cancellationToken);
        var job = (await views.OfAsync(context, [row], time.Now(), cancellationToken))[0];
        return new(job, [.. attempts.Select(ExecutionViews.Of)], JobHistory.Of(row, attempts, actions, nodes));
    }
}
