using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence.Sqlite;

namespace TriggerConsole.Core.Persistence;

/// <summary>
/// What goes with a change of the configuration, in its transaction: the turn among SQLite's writers, the entries of the audit log, and
/// the news for other nodes. What the engine saves passes by.
/// </summary>
public abstract partial class TriggerConsoleDbContext
{
    /// <summary>Records what is changed; null records nothing (tools, tests of other things).</summary>
    internal AuditLedger? Audit { get; init; }

    /// <summary>Tells other nodes what is changed; null tells no one.</summary>
    internal ConfigurationAnnouncer? Announcer { get; init; }

    /// <summary>Where SQLite's writers wait for each other; null on other databases.</summary>
    internal SqliteWriteGate? Gate { get; init; }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        var (changes, news) = Look();
        if (changes.Count > 0) Audit!.Prepare(this);
        using var turn = EnterTurn();
        if (changes.Count == 0 && news.Count == 0) return base.SaveChanges(acceptAllChangesOnSuccess);
        using var transaction = Database.CurrentTransaction is null ? Database.BeginTransaction() : null;
        var saved = base.SaveChanges(acceptAllChangesOnSuccess);
        if (changes.Count > 0) Audit!.Append(this, Audit.EntriesOf(changes));
        if (news.Count > 0) Announcer!.Announce(this, news);
        transaction?.Commit();
        if (changes.Count > 0) Audit!.Tell();
        return saved;
    }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var (changes, news) = Look();
        if (changes.Count > 0) await Audit!.PrepareAsync(this, cancellationToken);
        using var turn = await EnterTurnAsync(cancellationToken);
        if (changes.Count == 0 && news.Count == 0) return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        await using var transaction = Database.CurrentTransaction is null ? await Database.BeginTransactionAsync(cancellationToken) : null;
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        if (changes.Count > 0) await Audit!.AppendAsync(this, Audit.EntriesOf(changes), cancellationToken);
        if (news.Count > 0) await Announcer!.AnnounceAsync(this, news, cancellationToken);
        if (transaction is not null) await transaction.CommitAsync(cancellationToken);
        if (changes.Count > 0) Audit!.Tell();
        return saved;
    }

    /// <summary>Writes entries of the audit log and nothing else.</summary>
    internal async Task AppendAsync(List<AuditEntry> entries, CancellationToken cancellationToken)
    {
        await Audit!.PrepareAsync(this, cancellationToken);
        using var turn = await EnterTurnAsync(cancellationToken);
        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        await Audit.AppendAsync(this, entries, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Audit.Tell();
    }

    /// <summary>Waits for this context's turn to write; nothing to wait for but on SQLite. Dispose the result.</summary>
    internal async ValueTask<SqliteWriteGate.Lease> EnterTurnAsync(CancellationToken cancellationToken) => Gate is null ? default : await Gate.EnterAsync(cancellationToken);

    internal SqliteWriteGate.Lease EnterTurn() => Gate?.Enter() ?? default;

    /// <summary>Saves without any of the above, which is under way.</summary>
    internal Task SaveRowsAsync(CancellationToken cancellationToken) => base.SaveChangesAsync(true, cancellationToken);

    internal void SaveRows() => base.SaveChanges(true);

    private (List<AuditChange> Changes, List<ConfigurationChange> News) Look()
        => (Audit?.Describe(this) ?? [], Announcer is null ? [] : ConfigurationAnnouncer.In(ChangeTracker));
}
