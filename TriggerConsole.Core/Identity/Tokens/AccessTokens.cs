using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Identity.Tokens;

/// <summary>A pair of tokens as it is handed out.</summary>
/// <param name="ExpiresAt">Of the access token.</param>
/// <param name="RefreshExpiresAt">Of the refresh token, if it is not used before.</param>
internal sealed record IssuedTokens(string Access, DateTimeOffset ExpiresAt, string Refresh, DateTimeOffset RefreshExpiresAt);

/// <summary>Who shows an access token that is taken.</summary>
internal sealed record TokenHolder(Guid UserId, Guid SessionId, Role Role, string Name);

/// <summary>
/// Sign-in for programs that act for a person: a short-lived access token and a refresh token that is replaced at each use.
/// Sessions end when they are revoked, when a refresh token comes twice, and when the user is locked, deleted, or has a new password.
/// </summary>
internal sealed partial class AccessTokens(
    IDbContextFactory<TriggerConsoleDbContext> contexts, SigningKeys keys, SignInRules rules, SessionEndings endings, IOptions<TokenOptions> options, TimeProvider time, ILogger<AccessTokens> logger)
{
    public const string Audience = "triggerconsole-api";

    /// <summary>How far clocks of our nodes may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private const string RefreshPrefix = "tcr_";
    private const int MaxRefreshLength = 100;
    private const int MostRemembered = 10_000;

    // As long as it takes a change of a user to count in open sessions of browsers
    private static readonly TimeSpan s_sessionCheck = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, (TokenHolder? Holder, long At)> _checked = new();

    /// <summary>Begins a session for a user who has shown who he is.</summary>
    public async Task<IssuedTokens> BeginAsync(User user, string? address, string? client, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var key = await keys.CurrentAsync(cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.RefreshTokens.Where(t => t.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        return await IssueAsync(context, key, user, Uuid7.New(now), now, address, client, cancellationToken);
    }

    /// <summary>The next pair for a refresh token; null when it is unknown, expired or revoked. One that was used before ends its session.</summary>
    public async Task<IssuedTokens?> RefreshAsync(string refresh, string? address, string? client, CancellationToken cancellationToken)
    {
        if (Hash(refresh) is not { } hash) return null;
        var now = time.Now();
        var key = await keys.CurrentAsync(cancellationToken); // before the transaction: a new key is written by itself, and SQLite has one writer
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (await context.RefreshTokens.AsNoTracking().SingleOrDefaultAsync(t => t.Hash == hash, cancellationToken) is not { } token) return null;
        // Of two that come at once, one changes the row
        var isFirst = await context.RefreshTokens.Where(t => t.Id == token.Id && t.UsedAt == null && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.UsedAt, now), cancellationToken) == 1;
        if (!isFirst)
        {
            if (token.RevokedAt is null) LogReused(token.UserId, token.SessionId, address);
            await RevokeAsync(context, token.SessionId, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            endings.Tell(new(token.UserId, token.SessionId, null));
            return null;
        }
        var user = await context.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == token.UserId, cancellationToken);
        var isOver = token.ExpiresAt <= now || token.SessionStartedAt + options.Value.SessionLifetime <= now;
        if (isOver || user is null || !MayGoOn(user, token))
        {
            await transaction.CommitAsync(cancellationToken);
            return null;
        }
        var issued = await IssueAsync(context, key, user, token.SessionId, token.SessionStartedAt, address, client, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return issued;
    }

    /// <summary>Ends the session of a refresh token, with all its access tokens; nothing when there is none (RFC 7009 section 2.2).</summary>
    public async Task RevokeAsync(string refresh, CancellationToken cancellationToken)
    {
        if (Hash(refresh) is not { } hash) return;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.RefreshTokens.AsNoTracking().Where(t => t.Hash == hash).Select(t => new { t.SessionId, t.UserId }).SingleOrDefaultAsync(cancellationToken) is not { } token) return;
        await RevokeAsync(context, token.SessionId, time.Now(), cancellationToken);
        endings.Tell(new(token.UserId, token.SessionId, null));
    }

    /// <summary>Who shows this access token; null with the problem when it is not taken.</summary>
    public async ValueTask<(TokenHolder? Holder, JwtProblem? Problem)> CheckAsync(string access, CancellationToken cancellationToken)
    {
        if (JwtReader.KeyIdOf(access) is not { } keyId) return (null, JwtProblem.Malformed);
        var key = await keys.FindAsync(keyId, cancellationToken);
        var (claims, problem) = JwtReader.Read(access, id => key?.Id == id ? key : null, new(options.Value.Issuer, Audience, Skew), time.GetUtcNow());
        if (claims is null) return (null, problem);
        if (!Guid.TryParse(claims.Subject, out var userId) || !Guid.TryParse(claims.Session, out var session)) return (null, JwtProblem.MissingClaim);
        if (!_checked.TryGetValue(session, out var known) || time.GetElapsedTime(known.At) >= s_sessionCheck || endings.HasChangedSince(userId, known.At))
        {
            if (_checked.Count >= MostRemembered) _checked.Clear();
            var at = time.GetTimestamp(); // before the look: what changes meanwhile makes it too old
            _checked[session] = known = (await LookAsync(userId, session, cancellationToken), at);
        }
        return known.Holder is { } holder && holder.UserId == userId ? (holder, null) : (null, JwtProblem.Revoked);
    }

    private async Task<TokenHolder?> LookAsync(Guid userId, Guid session, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var token = await context.RefreshTokens.AsNoTracking().Where(t => t.SessionId == session && t.UserId == userId).OrderByDescending(t => t.Id).FirstOrDefaultAsync(cancellationToken);
        if (token is null || token.RevokedAt is not null) return null;
        var user = await context.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId, cancellationToken);
        // The role of this minute, not the one at sign-in
        return user is null || !MayGoOn(user, token) ? null : new(userId, session, user.Role, user.Email ?? user.UserName ?? "");
    }

    // The stamp changes with the password
    private bool MayGoOn(User user, RefreshToken token) => user.LockedAt is null && user.SecurityStamp == token.Stamp && rules.DutyOf(user) == SignInDuty.None;

    private async Task<IssuedTokens> IssueAsync(TriggerConsoleDbContext context, SigningKey key, User user, Guid session, DateTimeOffset startedAt, string? address, string? client, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var refresh = RandomToken.Create(RefreshPrefix);
        var end = startedAt + options.Value.SessionLifetime;
        var refreshExpiresAt = now + options.Value.RefreshLifetime < end ? now + options.Value.RefreshLifetime : end;
        context.RefreshTokens.Add(new()
        {
            Id = Uuid7.New(now),
            SessionId = session,
            UserId = user.Id,
            Hash = Hash(refresh)!,
            Stamp = user.SecurityStamp ?? "",
            SessionStartedAt = startedAt,
            CreatedAt = now,
            ExpiresAt = refreshExpiresAt,
            Address = Cut(address, RefreshToken.MaxAddressLength),
            Client = Cut(client, RefreshToken.MaxClientLength),
        });
        await context.SaveChangesAsync(cancellationToken);
        var expiresAt = now + options.Value.AccessLifetime;
        var access = JwtWriter.Write(new()
        {
            Issuer = options.Value.Issuer,
            Audience = Audience,
            Subject = user.Id.ToString(),
            Id = Uuid7.New(now).ToString(),
            Session = session.ToString(),
            IssuedAt = now,
            ExpiresAt = expiresAt,
            Role = user.Role,
            Name = user.Email ?? user.UserName ?? "",
        }, key);
        return new(access, expiresAt, refresh, refreshExpiresAt);
    }

    private static Task<int> RevokeAsync(TriggerConsoleDbContext context, Guid session, DateTimeOffset now, CancellationToken cancellationToken)
        => context.RefreshTokens.Where(t => t.SessionId == session && t.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), cancellationToken);

    private static byte[]? Hash(string refresh)
        => refresh.Length <= MaxRefreshLength && refresh.StartsWith(RefreshPrefix, StringComparison.Ordinal) ? RandomToken.Hash(refresh) : null;

    private static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : text[..length];

    [LoggerMessage(EventIds.RefreshTokenReused, LogLevel.Warning, "A refresh token of user {UserId} came a second time, from {Address}; its session {SessionId} was ended. Someone else may hold a copy.")]
    private partial void LogReused(Guid userId, Guid sessionId, string? address);
}
