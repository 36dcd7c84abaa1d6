using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Identity.Tries;

/// <summary>Whether something may be tried now.</summary>
/// <param name="LockedUntil">Null: it may, and this try is counted.</param>
/// <param name="IsLast">It is the last one before the lock.</param>
internal readonly record struct TryTicket(DateTimeOffset? LockedUntil, bool IsLast)
{
    public bool IsAllowed => LockedUntil is null;
}

/// <summary>
/// Counts tries of passwords and codes. A try is counted before it is made, in one statement of the database: a thousand at once, on
/// however many nodes, get no more answers than eight one after the other. After eight the counter is locked for five minutes, after the
/// next eight for ten, and so on up to an hour; success, or a day without a try, forgets it all.
/// </summary>
internal sealed class TryCounters(IDbContextFactory<TriggerConsoleDbContext> contexts, TimeProvider time)
{
    /// <summary>Tries before a lock.</summary>
    public const int Most = 8;

    public static readonly TimeSpan ShortestLock = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan LongestLock = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_forgotten = TimeSpan.FromDays(1);

    /// <summary>Counters for accounts that do not exist: they behave alike, and strangers cannot make any number of rows.</summary>
    private const int Strangers = 1024;

    public static string PasswordOf(Guid user) => $"{user:N}:password";

    /// <summary>From a browser the user has signed in with before; strangers do not use it up.</summary>
    public static string PasswordOf(Guid user, Guid device) => $"{user:N}:password:{device:N}";

    public static string CodeOf(Guid user) => $"{user:N}:code";

    public static string OfStranger(string email) => $"stranger:{BinaryPrimitives.ReadUInt32BigEndian(RandomToken.Hash(email.ToUpperInvariant())) % Strangers}";

    /// <summary>How long the lock after so many tries lasts.</summary>
    internal static TimeSpan LockAfter(int tries)
        => TimeSpan.FromTicks(Math.Min(LongestLock.Ticks, ShortestLock.Ticks << Math.Clamp(tries / Most - 1, 0, 10)));

    /// <summary>Counts a try, if there is one left.</summary>
    public async Task<TryTicket> TakeAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var now = time.Now();
            var taken = await context.TryCounters.Where(c => c.Id == id && c.Tries < c.Allowed)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.Tries, c => c.Tries + 1).SetProperty(c => c.LastTryAt, now), cancellationToken);
            var counter = await context.TryCounters.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken);
            if (taken > 0) return new(null, counter is not null && counter.Tries >= counter.Allowed);
            if (counter is null)
            {
                if (await TryAddAsync(id, now, cancellationToken)) return new(null, false);
                continue; // another one was first: count on
            }
            var until = counter.LastTryAt + LockAfter(counter.Allowed);
            if (counter.Tries >= counter.Allowed && until > now) return new(until, false);
            // The lock has passed: eight more. A day later it begins anew.
            var (tries, allowed) = now - counter.LastTryAt >= s_forgotten ? (0, Most) : (counter.Allowed, counter.Allowed + Most);
            await context.TryCounters.Where(c => c.Id == id && c.Allowed == counter.Allowed && c.Tries == counter.Tries)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.Allowed, allowed).SetProperty(c => c.Tries, tries), cancellationToken);
        }
    }

    /// <summary>It was right.</summary>
    public async Task ForgetAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var old = time.Now() - s_forgotten;
        await context.TryCounters.Where(c => c.Id == id || c.LastTryAt < old).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Forgets what was counted for a user: he has shown in another way who he is, or an administrator says so.</summary>
    public async Task ForgetAllAsync(Guid user, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var prefix = user.ToString("N") + ":";
        await context.TryCounters.Where(c => c.Id.StartsWith(prefix)).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Until when passwords of these users are refused from browsers that are not known; those that are not locked are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> LockedAsync(IReadOnlyCollection<Guid> users, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var byId = users.ToDictionary(PasswordOf);
        var ids = byId.Keys.ToList();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var counters = await context.TryCounters.AsNoTracking().Where(c => ids.Contains(c.Id) && c.Tries >= c.Allowed).ToListAsync(cancellationToken);
        return counters.Select(c => (User: byId[c.Id], Until: c.LastTryAt + LockAfter(c.Allowed))).Where(c => c.Until > now).ToDictionary(c => c.User, c => c.Until);
    }

    private async Task<bool> TryAddAsync(string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.TryCounters.Add(new() { Id = id, Tries = 1, Allowed = Most, LastTryAt = now });
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException) when (context.TryCounters.Any(c => c.Id == id))
        {
            return false;
        }
    }
}
