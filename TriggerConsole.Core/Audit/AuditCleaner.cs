using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Hosting;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Audit;

/// <summary>
/// Once an hour: notes the end of the audit log in the server's log, so that cutting it off is noticed, and deletes what is older than
/// <c>Audit:RetentionDays</c>. What is given up is first written down in the log itself, with the hash of the last entry that goes.
/// </summary>
internal sealed partial class AuditCleaner(
    IDbContextFactory<TriggerConsoleDbContext> contexts, AuditLedger ledger, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditCleaner> logger, NodePlacement? placement = null)
    : PeriodicService(s_first, s_interval, time, placement)
{
    private const int Step = 500;
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_interval = TimeSpan.FromHours(1);

    private long _noted;

    /// <summary>One round. Returns how many entries were deleted.</summary>
    internal async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await NoteEndAsync(cancellationToken);
        if (options.Value.RetentionDays > 0) await GiveUpAsync(Time.Now().AddDays(-options.Value.RetentionDays), cancellationToken);
        return await DeleteAsync(cancellationToken);
    }

    protected override async Task RunRoundAsync(CancellationToken stoppingToken)
    {
        if (await RunOnceAsync(stoppingToken) is > 0 and var deleted) LogTrimmed(deleted);
    }

    protected override void TellFailure(Exception exception) => LogRoundFailed(exception);

    private async Task NoteEndAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AuditHeads.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is not { Sequence: > 0 } head || head.Sequence == _noted) return;
        LogAnchor(AuditAnchor.Of(head).ToString());
        _noted = head.Sequence;
    }

    /// <summary>Writes down what is to go, in the transaction that allows it to be deleted.</summary>
    private async Task GiveUpAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AuditHeads.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is not { } head) return;
        // All up to the first that is kept; the newest stays in any case
        var kept = await context.AuditEntries.Where(e => e.At >= before).MinAsync(e => (long?)e.Sequence, cancellationToken) ?? head.Sequence;
        var last = await context.AuditEntries.AsNoTracking().SingleOrDefaultAsync(e => e.Sequence == kept - 1, cancellationToken);
        if (last is null || last.Sequence < head.FirstSequence) return;
        await ledger.PrepareAsync(context, cancellationToken);
        using var turn = await context.EnterTurnAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var text = $"Entries up to {last.Sequence}, older than {options.Value.RetentionDays} days, are deleted (Audit:RetentionDays).";
        var entry = ledger.EntryOf(new(AuditTrim.Action, AuditOutcome.Done, "audit", Detail: text), AuditActor.Server, Time.Now(), after: AuditTrim.Write(last.Sequence, last.Hash));
        await ledger.AppendAsync(context, [entry], cancellationToken);
        var now = (await context.AuditHeads.FromSqlRaw(AuditLedger.LockOn(context)).AsNoTracking().ToListAsync(cancellationToken))[0];
        await context.Database.ExecuteSqlAsync(AuditLedger.Move(ledger.Seal(now, now.Sequence, now.Hash, last.Sequence + 1)), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        ledger.Tell();
    }

    /// <summary>In small steps, so that nobody waits long for the database.</summary>
    private async Task<int> DeleteAsync(CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var first = await context.AuditHeads.Select(h => h.FirstSequence).SingleOrDefaultAsync(cancellationToken);
            var oldest = await context.AuditEntries.Where(e => e.Sequence < first).MinAsync(e => (long?)e.Sequence, cancellationToken);
            if (oldest is null) return deleted;
            using var turn = await context.EnterTurnAsync(cancellationToken);
            deleted += await context.AuditEntries.Where(e => e.Sequence < first && e.Sequence < oldest + Step).ExecuteDeleteAsync(cancellationToken);
        }
    }

    [LoggerMessage(EventIds.AuditAnchor, LogLevel.Information, "The audit log ends with {Anchor}. Whoever checks it later with --verify-audit {Anchor} finds out whether it was put back.")]
    private partial void LogAnchor(string anchor);

    [LoggerMessage(EventIds.AuditTrimmed, LogLevel.Information, "Audit log trimmed: {Deleted} entries older than Audit:RetentionDays deleted.")]
    private partial void LogTrimmed(int deleted);

    [LoggerMessage(EventIds.AuditRoundFailed, LogLevel.Warning, "A round of the audit log's cleaner failed; the next one follows.")]
    private partial void LogRoundFailed(Exception exception);
}
