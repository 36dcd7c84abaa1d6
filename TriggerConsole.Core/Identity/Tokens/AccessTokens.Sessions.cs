using Microsoft.EntityFrameworkCore;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>The sessions of one user, for himself and for administrators.</summary>
internal sealed partial class AccessTokens
{
    /// <summary>The newest refresh token of each session that goes on.</summary>
    public async Task<IReadOnlyList<RefreshToken>> ListAsync(Guid user, CancellationToken cancellationToken)
    {
        var now = Clock.Now(time);
        var begun = now - options.Value.SessionLifetime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var tokens = await context.RefreshTokens.AsNoTracking()
            .Where(t => t.UserId == user && t.RevokedAt == null && t.UsedAt == null && t.ExpiresAt > now && t.SessionStartedAt > begun).ToListAsync(cancellationToken);
        return [.. tokens.GroupBy(t => t.SessionId).Select(g => g.MaxBy(t => t.CreatedAt)!)];
    }

    /// <returns>False when the user has no such session.</returns>
    public async Task<bool> EndAsync(Guid user, Guid session, CancellationToken cancellationToken)
    {
        var now = Clock.Now(time);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var ended = await context.RefreshTokens.Where(t => t.SessionId == session && t.UserId == user && t.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), cancellationToken);
        if (ended > 0) endings.Tell(new(user, session, null));
        return ended > 0;
    }

    /// <summary>Ends all sessions of a user, with their access tokens.</summary>
    /// <param name="except">That one goes on.</param>
    public async Task<int> EndAllAsync(Guid user, Guid? except, CancellationToken cancellationToken)
    {
        var now = Clock.Now(time);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var sessions = await context.RefreshTokens.Where(t => t.UserId == user && t.RevokedAt == null && t.SessionId != except).Select(t => t.SessionId).Distinct().ToListAsync(cancellationToken);
        await context.RefreshTokens.Where(t => t.UserId == user && t.RevokedAt == null && t.SessionId != except).ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), cancellationToken);
        if (sessions.Count > 0) endings.Tell(new(user, null, except));
        return sessions.Count;
    }
}
