using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Executions.Stores;

/// <summary>History through plain EF Core: for SQL Server, and the reference the fast stores are compared with.</summary>
internal sealed partial class EfExecutionStore(IDbContextFactory<TriggerConsoleDbContext> contexts) : IExecutionStore
{
    public void Write(IReadOnlyList<JournalEntry> entries, IReadOnlyCollection<ExecutionStatistic> statistics)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        foreach (var entry in entries) Add(entry, context);
        foreach (var statistic in statistics) Add(statistic, context);
        context.SaveChanges();
        foreach (var entry in entries) Apply(entry, context);
        context.SaveChanges();
        transaction.Commit();
    }

    public int Recover(Guid owner, DateTimeOffset now)
    {
        using var context = contexts.CreateDbContext();
        using var transaction = context.Database.BeginTransaction();
        var lost = context.Executions.Where(e => e.OwnerId != null && e.OwnerId != owner && e.FinishedAt == null);
        context.ExecutionActions.AddRange(lost.Select(e => e.Id).AsEnumerable().Select(id => new ExecutionAction { ExecutionId = id, At = now, Kind = ExecutionActionKind.Recovered, NodeId = owner }));
        context.SaveChanges();
        var recovered = lost.ExecuteUpdate(set => set
            .SetProperty(e => e.OwnerId, (Guid?)null)
            .SetProperty(e => e.Recoveries, e => e.Recoveries + 1)
            .SetProperty(e => e.Status, e => e.Status != ExecutionStatus.Running ? e.Status : e.Attempts > 0 ? ExecutionStatus.Retrying : ExecutionStatus.Queued));
        transaction.Commit();
        return recovered;
    }

    // Without knowing the provider: every fault of the database is taken for one that may pass, unless it names a row
    public bool IsUnavailable(Exception exception) => exception is not DbUpdateException and (DbException or TimeoutException or IOException);

    public void Dispose() { }

    /// <summary>First pass: what is inserted.</summary>
    private static void Add(JournalEntry entry, TriggerConsoleDbContext context)
    {
        switch (entry)
        {
            case AcceptEntry accept:
                Add(accept, context);
                break;
            case RejectionEntry rejection:
                context.Rejections.Add(rejection.Rejection);
                break;
            case ProbeEntry probe:
                if (context.Settings.Find("probe") is { } setting) setting.UpdatedAt = probe.Now;
                else context.Settings.Add(new() { Name = "probe", Value = "{}", UpdatedAt = probe.Now });
                break;
        }
    }

    private static void Add(AcceptEntry entry, TriggerConsoleDbContext context)
    {
        (entry.Earlier, entry.HasRun) = (null, false);
        if (entry.Run is { } run)
        {
            entry.HasRun = context.ScheduleRuns.Find(run.ScheduleId, run.DueAt) is not null;
            if (entry.HasRun) return;
            context.ScheduleRuns.Add(run);
        }
        if (entry.Key is { } key)
        {
            var now = entry.Event?.ReceivedAt ?? entry.Executions[0].CreatedAt;
            var found = context.IdempotencyKeys.Find(key.Scope, key.Key);
            if (found is not null && found.ExpiresAt > now)
            {
                entry.Earlier = found;
                if (entry.EventIfDuplicate is { } duplicate && found.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint)) context.Events.Add(duplicate);
                return;
            }
            if (found is not null) context.Entry(found).CurrentValues.SetValues(key);
            else context.IdempotencyKeys.Add(key);
        }
        if (entry.Event is { } stored) context.Events.Add(stored);
        context.Executions.AddRange(entry.Executions);
    }

    private static void Add(ExecutionStatistic statistic, TriggerConsoleDbContext context)
    {
        if (context.Statistics.Find(statistic.Minute, statistic.TriggerId) is not { } found)
        {
            context.Statistics.Add(statistic);
            return;
        }
        found.Accepted += statistic.Accepted;
        found.Succeeded += statistic.Succeeded;
        found.DeadLettered += statistic.DeadLettered;
        found.Cancelled += statistic.Cancelled;
        found.FailedAttempts += statistic.FailedAttempts;
        found.Attempts += statistic.Attempts;
        found.DurationMicroseconds += statistic.DurationMicroseconds;
        found.LongestMicroseconds = Math.Max(found.LongestMicroseconds, statistic.LongestMicroseconds);
    }

    /// <summary>Second pass: conditional changes, in the order of the entries.</summary>
    private static void Apply(JournalEntry entry, TriggerConsoleDbContext context)
    {
        switch (entry)
        {
            case AttemptEntry attempt: Finish(attempt, context); break;
            case MoveEntry move: Move(move, context); break;
            case ClaimEntry claim: Claim(claim, context); break;
            case ReleaseAllEntry release:
                context.Executions.Where(e => e.OwnerId == release.Owner && e.FinishedAt == null).ExecuteUpdate(set => set
                    .SetProperty(e => e.OwnerId, (Guid?)null)
                    .SetProperty(e => e.Status, e => e.Attempts > 0 ? ExecutionStatus.Retrying : ExecutionStatus.Queued));
                break;
            case CleanEntry clean: Clean(clean, context); break;
        }
    }

    private static void Finish(AttemptEntry entry, TriggerConsoleDbContext context)
    {
        var (attempt, change) = (entry.Attempt, entry.Change);
        var (detail, target) = (StoreText.Storable(attempt.Detail), StoreText.Storable(change.Target));
        entry.Applied = 0 < context.Executions.Where(e => e.Id == attempt.ExecutionId && e.OwnerId == attempt.NodeId && e.OwnerId != null && e.FinishedAt == null).ExecuteUpdate(set => set
            .SetProperty(e => e.Status, change.Status)
            .SetProperty(e => e.DueAt, change.DueAt)
            .SetProperty(e => e.FinishedAt, change.FinishedAt)
            .SetProperty(e => e.OwnerId, (Guid?)null)
            .SetProperty(e => e.Attempts, attempt.Number)
            .SetProperty(e => e.Target, target)
            .SetProperty(e => e.LastCode, attempt.Code)
            .SetProperty(e => e.LastFailure, attempt.Failure)
            .SetProperty(e => e.LastDetail, detail)
            .SetProperty(e => e.LastDurationMicroseconds, attempt.DurationMicroseconds));
        if (entry.Applied) context.Attempts.Add(attempt).Property(a => a.Detail).CurrentValue = detail;
        // A commit whose answer was lost may have written it before
        else entry.Applied = context.Attempts.Any(a => a.ExecutionId == attempt.ExecutionId && a.Number == attempt.Number && a.StartedAt == attempt.StartedAt);
    }
}
