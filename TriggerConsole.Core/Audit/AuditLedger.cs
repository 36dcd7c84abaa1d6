using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Audit;

/// <summary>
/// Appends to the chain, in the transaction of what is recorded. Whoever appends holds the head's row until he has committed: writers
/// and nodes follow each other, and no number is left out.
/// </summary>
internal sealed partial class AuditLedger(AuditKeys keys, AuditActors actors, IOptions<NodeOptions> node, TimeProvider time, AuditFeed feed, ILogger<AuditLedger> logger)
{
    private const string LockOnPostgreSql = "SELECT * FROM audit_head WHERE id = 1 FOR UPDATE";
    private const string LockOnSqlServer = "SELECT * FROM audit_head WITH (UPDLOCK, HOLDLOCK) WHERE id = 1";
    private const string LockOnSqlite = "SELECT * FROM audit_head WHERE id = 1"; // a transaction there begins with the lock of the whole file

    private readonly AuditChanges _changes = new(keys.Reveal);
    private readonly string _node = AuditText.Clean(NodeKeeper.NameOf(node.Value), AuditEntry.MaxWordLength);

    /// <summary>The changes that a context is about to save.</summary>
    public List<AuditChange> Describe(TriggerConsoleDbContext context) => _changes.In(context.ChangeTracker);

    /// <summary>Entries of changed rows, by whoever acts now.</summary>
    public List<AuditEntry> EntriesOf(List<AuditChange> changes)
    {
        var (actor, now) = (actors.Current, time.Now());
        return [.. changes.Select(change => EntryOf(
            new(change.Action, AuditOutcome.Done, change.SubjectKind, change.SubjectId, change.SubjectName), change.IsOfServer ? AuditActor.Server : actor, now, change.Before, change.After))];
    }

    /// <summary>An act as it is stored.</summary>
    public AuditEntry EntryOf(AuditAct act, AuditActor actor, DateTimeOffset at, string? before = null, string? after = null, int count = 1) => new()
    {
        At = at,
        ActorKind = actor.Kind,
        ActorId = AuditText.CleanOrNull(actor.Id, AuditEntry.MaxIdLength),
        ActorName = AuditText.Clean(actor.Name, AuditEntry.MaxActorLength),
        Address = AuditText.CleanOrNull(actor.Address, AuditEntry.MaxAddressLength),
        Action = AuditText.Clean(act.Action, AuditEntry.MaxWordLength),
        Outcome = act.Outcome,
        SubjectKind = AuditText.Clean(act.SubjectKind, AuditEntry.MaxWordLength),
        SubjectId = AuditText.CleanOrNull(act.SubjectId, AuditEntry.MaxIdLength),
        SubjectName = AuditText.CleanOrNull(act.SubjectName, AuditEntry.MaxNameLength),
        Detail = AuditText.CleanOrNull(act.Detail, AuditEntry.MaxDetailLength),
        Before = before,
        After = after,
        Count = count,
        Node = _node,
    };

    /// <summary>Has the head and its key ready. Before the transaction, and before the turn at the write gate: making keys writes, too.</summary>
    public async Task PrepareAsync(TriggerConsoleDbContext context, CancellationToken cancellationToken)
    {
        if (await context.AuditHeads.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is not { } head)
        {
            var statement = First();
            using (await context.EnterTurnAsync(cancellationToken)) await context.Database.ExecuteSqlAsync(Insert(context, statement), cancellationToken);
            head = await context.AuditHeads.AsNoTracking().SingleAsync(cancellationToken);
        }
        keys.Learn(head.KeyId, head.ProtectedKey);
    }

    /// <summary>The same without waiting.</summary>
    public void Prepare(TriggerConsoleDbContext context)
    {
        if (context.AuditHeads.AsNoTracking().SingleOrDefault() is not { } head)
        {
            var statement = First();
            using (context.EnterTurn()) context.Database.ExecuteSql(Insert(context, statement));
            head = context.AuditHeads.AsNoTracking().Single();
        }
        keys.Learn(head.KeyId, head.ProtectedKey);
    }

    /// <summary>Appends within the transaction of the context.</summary>
    public async Task AppendAsync(TriggerConsoleDbContext context, List<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var head = (await context.AuditHeads.FromSqlRaw(LockOn(context)).AsNoTracking().ToListAsync(cancellationToken))[0];
        var next = Chain(head, entries);
        try
        {
            context.AuditEntries.AddRange(entries);
            await context.SaveRowsAsync(cancellationToken);
            await context.Database.ExecuteSqlAsync(Move(next), cancellationToken);
        }
        finally
        {
            foreach (var entry in entries) context.Entry(entry).State = EntityState.Detached;
        }
    }

    /// <summary>The same without waiting.</summary>
    public void Append(TriggerConsoleDbContext context, List<AuditEntry> entries)
    {
        var next = Chain(context.AuditHeads.FromSqlRaw(LockOn(context)).AsNoTracking().ToList()[0], entries);
        try
        {
            context.AuditEntries.AddRange(entries);
            context.SaveRows();
            context.Database.ExecuteSql(Move(next));
        }
        finally
        {
            foreach (var entry in entries) context.Entry(entry).State = EntityState.Detached;
        }
    }

    /// <summary>After the transaction was committed.</summary>
    public void Tell() => feed.Tell();

    /// <summary>The head as it is sealed after a change.</summary>
    public (long Sequence, byte[] Hash, long First, string SealKeyId, byte[] Seal) Seal(AuditHead head, long sequence, byte[] hash, long first)
    {
        var id = keys.GivenId ?? head.KeyId;
        return (sequence, hash, first, id, AuditSeal.OfHead(sequence, hash, first, keys.Find(id) ?? throw UnknownKey(id)));
    }

    /// <summary>Whether the head was sealed by us, with a key that we have.</summary>
    public bool IsSealed(AuditHead head)
        => keys.Find(head.SealKeyId) is { } key && AuditSeal.OfHead(head.Sequence, head.Hash, head.FirstSequence, key).AsSpan().SequenceEqual(head.Seal);

    public static FormattableString Move((long Sequence, byte[] Hash, long First, string SealKeyId, byte[] Seal) head)
        => $"UPDATE audit_head SET sequence = {head.Sequence}, hash = {head.Hash}, first_sequence = {head.First}, seal_key_id = {head.SealKeyId}, seal = {head.Seal} WHERE id = 1";

    public static string LockOn(TriggerConsoleDbContext context) => context switch
    {
        SqliteTriggerConsoleDbContext => LockOnSqlite,
        PostgreSqlTriggerConsoleDbContext => LockOnPostgreSql,
        _ => LockOnSqlServer,
    };

    /// <summary>Gives the entries their place. What must be known before them is put first.</summary>
    private (long Sequence, byte[] Hash, long First, string SealKeyId, byte[] Seal) Chain(AuditHead head, List<AuditEntry> entries)
    {
        var keyId = keys.GivenId ?? head.KeyId;
        var key = keys.Find(keyId) ?? throw UnknownKey(keyId);
        if (!IsSealed(head))
        {
            LogForged(head.Sequence);
            entries.Insert(0, EntryOf(new("audit.head-mismatch", AuditOutcome.Failed, "audit", Detail: $"The end of the log, at entry {head.Sequence}, was not as TriggerConsole had left it."), AuditActor.Server, time.Now()));
        }
        else if (head.Sequence > 0 && head.SealKeyId != keyId)
        {
            entries.Insert(0, EntryOf(new("audit.key-change", AuditOutcome.Done, "audit", Detail: $"From here on key {keyId} seals the log; it was {head.SealKeyId} before."), AuditActor.Server, time.Now()));
        }
        var (sequence, hash) = (head.Sequence, head.Hash);
        foreach (var entry in entries)
        {
            (entry.Sequence, entry.KeyId, entry.PreviousHash) = (++sequence, keyId, hash);
            entry.Hash = hash = AuditSeal.Of(entry, key);
        }
        return Seal(head, sequence, hash, head.FirstSequence);
    }

    private (string Id, string Protected, string SealKeyId, byte[] Seal) First()
    {
        var (id, sealedKey) = keys.Create();
        var sealKeyId = keys.GivenId ?? id;
        return (id, sealedKey, sealKeyId, AuditSeal.OfHead(0, AuditSeal.Nothing, 1, keys.Find(sealKeyId)));
    }

    // Whoever comes second leaves the first one's
    private static FormattableString Insert(TriggerConsoleDbContext context, (string Id, string Protected, string SealKeyId, byte[] Seal) first)
        => context is SqlServerTriggerConsoleDbContext
            ? (FormattableString)$"""
                INSERT INTO audit_head (id, sequence, hash, first_sequence, key_id, protected_key, seal_key_id, seal)
                SELECT 1, 0, {AuditSeal.Nothing}, 1, {first.Id}, {first.Protected}, {first.SealKeyId}, {first.Seal} WHERE NOT EXISTS (SELECT 1 FROM audit_head WITH (UPDLOCK, HOLDLOCK) WHERE id = 1)
                """
            : $"""
                INSERT INTO audit_head (id, sequence, hash, first_sequence, key_id, protected_key, seal_key_id, seal)
                VALUES (1, 0, {AuditSeal.Nothing}, 1, {first.Id}, {first.Protected}, {first.SealKeyId}, {first.Seal}) ON CONFLICT DO NOTHING
                """;

    private static InvalidOperationException UnknownKey(string id)
        => new($"The audit log is sealed with the key {id}, which is neither in the database nor in the configuration. Restore the database from one backup, or give the key as Audit:Key.");

    [LoggerMessage(EventIds.AuditHeadForged, LogLevel.Error, "The end of the audit log, at entry {Sequence}, was not as TriggerConsole had left it: someone changed the table audit_head. Run --verify-audit.")]
    private partial void LogForged(long sequence);
}
