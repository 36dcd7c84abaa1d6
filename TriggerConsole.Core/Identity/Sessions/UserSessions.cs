using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Identity.Sessions;

/// <summary>Whose session a cookie belongs to, as he is now.</summary>
internal sealed record SessionHolder(Guid SessionId, Guid UserId, string Email, Role Role, SignInDuty Duty);

/// <summary>
/// Sign-ins of people in browsers. A session is looked at once a minute, however many requests it makes; ended on any node, it ends with
/// the next request, and within that minute at the latest when the nodes do not hear one another.
/// </summary>
internal sealed class UserSessions(
    IDbContextFactory<TriggerConsoleDbContext> contexts, SessionEndings endings, SignInRules rules, IOptions<SignInOptions> options, TimeProvider time)
{
    private const int MostRemembered = 10_000;

    private static readonly TimeSpan s_lastSeenPrecision = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Known> _known = new();

    /// <summary>Begins a session for a user who has shown who he is.</summary>
    /// <returns>The ticket for his cookie.</returns>
    public async Task<string> BeginAsync(User user, string method, string? address, string? browser, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var ticket = SessionTicket.New(now);
        var (unseen, begun) = (now - options.Value.IdleLifetime, now - options.Value.SessionLifetime);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.UserSessions.Where(s => s.LastSeenAt < unseen || (s.UserId == user.Id && s.CreatedAt < begun)).ExecuteDeleteAsync(cancellationToken);
        context.UserSessions.Add(new()
        {
            Id = ticket.Id,
            UserId = user.Id,
            Hash = ticket.Hash,
            Method = Cut(method, UserSession.MaxMethodLength)!,
            CreatedAt = now,
            LastSeenAt = now,
            Address = Cut(address, UserSession.MaxAddressLength),
            Browser = Cut(browser, UserSession.MaxBrowserLength),
        });
        await context.SaveChangesAsync(cancellationToken);
        return ticket.ToString();
    }

    /// <summary>Whose session this is; null when there is none (any more), or its user may not sign in.</summary>
    public async ValueTask<SessionHolder?> CheckAsync(string? text, CancellationToken cancellationToken)
    {
        if (!SessionTicket.TryParse(text, out var ticket)) return null;
        if (_known.TryGetValue(ticket.Id, out var known) && endings.HasChangedSince(known.User, known.At)) known = null;
        if (known is null || time.GetElapsedTime(known.At) >= options.Value.CheckInterval)
        {
            try
            {
                var looked = await LookAsync(ticket.Id, cancellationToken);
                if (_known.Count >= MostRemembered) _known.Clear();
                _known[ticket.Id] = known = looked;
            }
            catch (DbException) when (known is not null)
            {
                // A database that does not answer for a moment must not sign everyone out
            }
        }
        return known.Holder is { } holder && CryptographicOperations.FixedTimeEquals(known.Hash, ticket.Hash) ? holder : null;
    }

    /// <returns>False when the user has no such session.</returns>
    public async Task<bool> EndAsync(Guid user, Guid session, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var isEnded = await context.UserSessions.Where(s => s.Id == session && s.UserId == user).ExecuteDeleteAsync(cancellationToken) > 0;
        if (isEnded) endings.Tell(new(user, session, null));
        return isEnded;
    }

    /// <summary>Ends all sessions of a user, in browsers.</summary>
    /// <param name="except">That one goes on.</param>
    public async Task<int> EndAllAsync(Guid user, Guid? except, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var ended = await context.UserSessions.Where(s => s.UserId == user && s.Id != except).ExecuteDeleteAsync(cancellationToken);
        endings.Tell(new(user, null, except));
        return ended;
    }

    private async Task<Known> LookAsync(Guid id, CancellationToken cancellationToken)
    {
        var (now, at) = (time.Now(), time.GetTimestamp()); // before the look: what changes meanwhile makes it too old
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await context.UserSessions.AsNoTracking().Where(s => s.Id == id)
            .Join(context.Users, s => s.UserId, u => u.Id, (s, u) => new { Session = s, u.Email, u.Role, u.LockedAt, u.MustChangePassword, u.TwoFactorEnabled })
            .SingleOrDefaultAsync(cancellationToken);
        if (found is null || found.LockedAt is not null || found.Session.LastSeenAt + options.Value.IdleLifetime <= now || found.Session.CreatedAt + options.Value.SessionLifetime <= now)
            return new(null, [], found?.Session.UserId ?? default, at);
        if (now - found.Session.LastSeenAt >= s_lastSeenPrecision)
            await context.UserSessions.Where(s => s.Id == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, now), cancellationToken);
        var holder = new SessionHolder(id, found.Session.UserId, found.Email ?? "", found.Role, rules.DutyOf(found.Role, found.MustChangePassword, found.TwoFactorEnabled));
        return new(holder, found.Session.Hash, holder.UserId, at);
    }

    private static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : text[..length];

    private sealed record Known(SessionHolder? Holder, byte[] Hash, Guid User, long At);
}
