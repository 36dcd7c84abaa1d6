using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Audit;

/// <summary>Checks the whole audit log, while servers write to it: every entry against its seal, its neighbours and the head.</summary>
internal sealed class AuditVerifier(IDbContextFactory<TriggerConsoleDbContext> contexts, AuditKeys keys, AuditLedger ledger, TimeProvider time)
{
    private const int Step = 2000;

    /// <summary>How far from its place an entry is looked for.</summary>
    private const int Neighbourhood = 500;

    /// <param name="anchor">What someone noted of it earlier; null when nobody did.</param>
    public async Task<AuditReport> VerifyAsync(AuditAnchor? anchor, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var moment = await DatabaseMoment.BeginAsync(context, cancellationToken);
        var walk = new Walk();
        var fault = await LookAsync(context, walk, anchor, cancellationToken);
        return new(walk.Checked, walk.First, walk.Last, fault is null && walk.Last > 0 ? new AuditAnchor(walk.Last, Convert.ToHexStringLower(walk.Hash)).ToString() : null, fault, time.Now(), time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task<AuditFault?> LookAsync(TriggerConsoleDbContext context, Walk walk, AuditAnchor? anchor, CancellationToken cancellationToken)
    {
        var entries = context.AuditEntries.AsNoTracking();
        if (await context.AuditHeads.AsNoTracking().SingleOrDefaultAsync(h => h.Id == AuditHead.OnlyId, cancellationToken) is not { } head)
        {
            if (await entries.AnyAsync(cancellationToken)) return new(0, AuditFaultKind.HeadChanged, "The row of audit_head is gone, which says where the log ends.");
            return anchor is { } noted ? Lost(noted) : null; // nothing was ever written
        }
        keys.Learn(head.KeyId, head.ProtectedKey);
        if (FaultOf(head) is { } headFault) return headFault;

        // 1. Where it begins: after the last entry that retention gave up, as it has written down in the log itself
        var trim = await entries.Where(e => e.Action == AuditTrim.Action).OrderByDescending(e => e.Sequence).FirstOrDefaultAsync(cancellationToken);
        var (upTo, hash) = AuditTrim.Read(trim?.After);
        if (head.FirstSequence != upTo + 1) return new(upTo + 1, AuditFaultKind.HeadChanged, $"audit_head says that the log begins with entry {head.FirstSequence}, and the log itself says {upTo + 1}.");
        (walk.Last, walk.Hash) = (upTo, hash);

        // 2. Entry by entry
        var isAnchored = anchor is null || anchor.Value.Sequence <= upTo; // that one was given up meanwhile
        while (await StepAsync(entries, walk.Last, head.Sequence, cancellationToken) is { Count: > 0 } step)
        {
            foreach (var entry in step)
            {
                if (entry is null) return new(walk.Last + 1, AuditFaultKind.Changed, $"Entry {walk.Last + 1} is not as it was written: it cannot even be read.");
                if (FaultOf(entry, walk, upTo) is { } fault) return fault;
                if (walk.First == 0) walk.First = entry.Sequence;
                (walk.Last, walk.Hash) = (entry.Sequence, entry.Hash);
                walk.Checked++;
                if (anchor?.Sequence != entry.Sequence) continue;
                isAnchored = true;
                if (Convert.ToHexStringLower(entry.Hash) != anchor.Value.Hash)
                    return new(entry.Sequence, AuditFaultKind.OtherThanAnchor, $"Entry {entry.Sequence} is well-formed, but another one than the anchor was taken of: the log was put back to an earlier state and went on from there, or written anew.");
            }
        }

        // 3. Where it ends
        if (walk.Last < head.Sequence) return new(walk.Last + 1, AuditFaultKind.CutOff, $"{Range(walk.Last + 1, head.Sequence)} cut off: the log ends with entry {walk.Last}, and {head.Sequence} were written.");
        if (!walk.Hash.AsSpan().SequenceEqual(head.Hash)) return new(head.Sequence, AuditFaultKind.HeadChanged, $"audit_head has another hash than entry {head.Sequence}.");
        if (await entries.Where(e => e.Sequence > head.Sequence).OrderBy(e => e.Sequence).Select(e => (long?)e.Sequence).FirstOrDefaultAsync(cancellationToken) is { } added)
            return new(added, AuditFaultKind.Added, $"Entry {added} was not written by TriggerConsole: the log ends with {head.Sequence}.");
        return isAnchored ? null : Lost(anchor!.Value);
    }

    /// <summary>The next entries; null stands for one that cannot be read, and nothing follows it.</summary>
    private static async Task<IReadOnlyList<AuditEntry?>> StepAsync(IQueryable<AuditEntry> entries, long after, long last, CancellationToken cancellationToken)
    {
        try
        {
            return await entries.Where(e => e.Sequence > after && e.Sequence <= last).OrderBy(e => e.Sequence).Take(Step).ToListAsync(cancellationToken);
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            var read = new List<AuditEntry?>();
            try
            {
                await foreach (var entry in entries.Where(e => e.Sequence > after && e.Sequence <= last).OrderBy(e => e.Sequence).AsAsyncEnumerable().WithCancellation(cancellationToken)) read.Add(entry);
            }
            catch (Exception again) when (IsUnreadable(again))
            {
                read.Add(null);
            }
            return read;
        }
    }

    // A value that is no time, for instance
    private static bool IsUnreadable(Exception exception) => exception is InvalidOperationException or ArgumentException or FormatException or OverflowException or InvalidCastException;

    private static AuditFault Lost(AuditAnchor anchor)
        => new(anchor.Sequence, AuditFaultKind.OtherThanAnchor, $"Entry {anchor.Sequence}, which the anchor was taken of, is not there: the log was put back to an earlier state.");

    private AuditFault? FaultOf(AuditHead head)
    {
        if (keys.Find(head.SealKeyId) is null) return new(head.Sequence, AuditFaultKind.UnknownKey, UnknownKey("The end of the log", head.SealKeyId));
        if (!ledger.IsSealed(head)) return new(head.Sequence, AuditFaultKind.HeadChanged, $"audit_head, which says that the log ends with entry {head.Sequence}, is not as TriggerConsole has written it.");
        if (keys.GivenId is { } given && head.SealKeyId != given && head.Sequence > 0 && !keys.IsGiven(head.SealKeyId))
            return new(head.Sequence, AuditFaultKind.HeadChanged, "The end of the log is sealed with the key that lies in the database, not with Audit:Key. If Audit:Key has just been set, start the server once; else someone with the database alone has written it.");
        return null;
    }

    private AuditFault? FaultOf(AuditEntry entry, Walk walk, long upTo)
    {
        var expected = walk.Last + 1;
        if (entry.Sequence != expected)
        {
            return walk.Last == upTo
                ? new(expected, AuditFaultKind.CutOff, $"{Range(expected, entry.Sequence - 1)} cut off at the beginning.")
                : new(expected, AuditFaultKind.Missing, $"{Range(expected, entry.Sequence - 1)} missing.");
        }
        if (keys.Find(entry.KeyId) is not { } key)
            return new(expected, AuditFaultKind.UnknownKey, UnknownKey($"Entry {expected}", entry.KeyId));
        if (!AuditSeal.Of(entry, key).AsSpan().SequenceEqual(entry.Hash))
        {
            return PlaceOf(entry, key) is { } place
                ? new(expected, AuditFaultKind.Reordered, $"What stands as entry {expected} was written as entry {place}.")
                : new(expected, AuditFaultKind.Changed, $"Entry {expected} is not as it was written.");
        }
        if (!entry.PreviousHash.AsSpan().SequenceEqual(walk.Hash))
            return new(expected, AuditFaultKind.Reordered, $"Entry {expected} was written after another entry than {walk.Last} as it stands there.");
        var isGiven = keys.IsGiven(entry.KeyId);
        if (walk.WasGiven && !isGiven) return new(expected, AuditFaultKind.Changed, $"Entry {expected} is sealed with the key that lies in the database, after entries that were sealed with Audit:Key.");
        walk.WasGiven = isGiven;
        return null;
    }

    private static long? PlaceOf(AuditEntry entry, byte[] key)
    {
        for (var place = Math.Max(1, entry.Sequence - Neighbourhood); place <= entry.Sequence + Neighbourhood; place++)
            if (place != entry.Sequence && AuditSeal.Of(entry, place, key).AsSpan().SequenceEqual(entry.Hash)) return place;
        return null;
    }

    private static string Range(long first, long last) => first == last ? $"Entry {first} is" : $"Entries {first} to {last} are";

    private static string UnknownKey(string what, string id) => $"{what} is sealed with the key {id}, which is not at hand. Give it as Audit:Key, or among Audit:OldKeys.";

    private sealed class Walk
    {
        public long Checked { get; set; }

        public long First { get; set; }

        public long Last { get; set; }

        public byte[] Hash { get; set; } = AuditSeal.Nothing;

        /// <summary>An entry sealed with a configured key was seen.</summary>
        public bool WasGiven { get; set; }
    }
}

/// <summary>What retention writes down before it deletes.</summary>
internal static class AuditTrim
{
    public const string Action = "audit.trim";

    private const string UpTo = "upTo";
    private const string Hash = "hash";

    public static string Write(long upTo, byte[] hash) => JsonSerializer.Serialize(new Dictionary<string, object> { [UpTo] = upTo, [Hash] = Convert.ToHexStringLower(hash) }, CoreJson.Options);

    /// <summary>The last entry that was given up, and its hash; 0 and zeros when nothing was.</summary>
    public static (long UpTo, byte[] Hash) Read(string? after)
    {
        if (after is null) return (0, AuditSeal.Nothing);
        try
        {
            using var document = JsonDocument.Parse(after);
            return (document.RootElement.GetProperty(UpTo).GetInt64(), Convert.FromHexString(document.RootElement.GetProperty(Hash).GetString()!));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            return (0, AuditSeal.Nothing); // someone changed it, which is found when its entry is looked at
        }
    }
}
