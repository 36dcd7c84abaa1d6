using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Identity.Sessions;

/// <summary>Where a user is signed in: a browser, or a program with tokens.</summary>
/// <param name="IsProgram">By tokens (<c>POST /api/auth/token</c>).</param>
/// <param name="Client">In words: <c>Firefox on Windows</c>, or the program as it calls itself.</param>
/// <param name="LastSeenAt">To the minute; of a program when it last asked for tokens.</param>
/// <param name="IsThis">The one that asks.</param>
public sealed record SignedInPlace(Guid Id, bool IsProgram, string? Client, string? Address, string Method, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, bool IsThis);

/// <summary>All places where a user is signed in, browsers and programs alike, and the way to sign him out of them.</summary>
internal sealed class SignedInPlaces(IDbContextFactory<TriggerConsoleDbContext> contexts, UserSessions sessions, AccessTokens tokens, IAuditTrail audit)
{
    /// <param name="user">Whose.</param>
    /// <param name="current">The session of whoever asks, if it is one of them.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>The one seen last first.</returns>
    public async Task<IReadOnlyList<SignedInPlace>> ListAsync(Guid user, Guid? current, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var browsers = await context.UserSessions.AsNoTracking().Where(s => s.UserId == user).ToListAsync(cancellationToken);
        var programs = await tokens.ListAsync(user, cancellationToken);
        return
        [
            .. browsers.Select(s => new SignedInPlace(s.Id, false, s.Browser, s.Address, s.Method, s.CreatedAt, s.LastSeenAt, s.Id == current))
                .Concat(programs.Select(t => new SignedInPlace(t.SessionId, true, t.Client, t.Address, "tokens", t.SessionStartedAt, t.CreatedAt, t.SessionId == current)))
                .OrderByDescending(p => p.IsThis).ThenByDescending(p => p.LastSeenAt),
        ];
    }

    /// <returns>False when the user is not signed in there.</returns>
    public async Task<bool> EndAsync(User user, Guid place, CancellationToken cancellationToken)
    {
        if (!await sessions.EndAsync(user.Id, place, cancellationToken) && !await tokens.EndAsync(user.Id, place, cancellationToken)) return false;
        await audit.RecordAsync(new("user.session-end", AuditOutcome.Done, "user", user.Id.ToString(), user.Email), cancellationToken);
        return true;
    }

    /// <param name="user">Who is signed out.</param>
    /// <param name="except">That place stays.</param>
    /// <param name="why">For the audit log; null to say nothing there, because something else says it.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    /// <returns>How many were ended.</returns>
    public async Task<int> EndAllAsync(User user, Guid? except, string? why, CancellationToken cancellationToken)
    {
        var ended = await sessions.EndAllAsync(user.Id, except, cancellationToken) + await tokens.EndAllAsync(user.Id, except, cancellationToken);
        if (why is not null) await audit.RecordAsync(new("user.sessions-end", AuditOutcome.Done, "user", user.Id.ToString(), user.Email, $"{ended} ended: {why}"), cancellationToken);
        return ended;
    }
}
