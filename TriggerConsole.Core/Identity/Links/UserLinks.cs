using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Identity.Links;

/// <summary>A link as it is handed out, once.</summary>
/// <param name="Token">What stands in the link.</param>
internal sealed record MadeLink(string Token, LinkPurpose Purpose, DateTimeOffset ExpiresAt)
{
    /// <summary>The page it leads to.</summary>
    public string Path => $"/account/new-password?token={Token}";
}

/// <summary>Links by which a user chooses his password: invitations, and resets.</summary>
internal sealed class UserLinks(IDbContextFactory<TriggerConsoleDbContext> contexts, IOptions<SignInOptions> options, TimeProvider time)
{
    private const string Prefix = "tcl_";
    private const int MaxLength = 100;

    /// <summary>Makes a link; the one before no longer works.</summary>
    /// <param name="notAfter">Nothing is made when the user got one later than this, null is returned: nobody is flooded with mails.</param>
    public async Task<MadeLink?> MakeAsync(Guid user, LinkPurpose purpose, CancellationToken cancellationToken, DateTimeOffset? notAfter = null)
    {
        var now = time.Now();
        var made = new MadeLink(RandomToken.Create(Prefix), purpose, now + (purpose == LinkPurpose.Invitation ? options.Value.InvitationLifetime : options.Value.ResetLifetime));
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var last = await context.UserLinks.SingleOrDefaultAsync(l => l.UserId == user, cancellationToken);
        if (last is not null && notAfter is { } recently && last.CreatedAt > recently) return null;
        if (last is not null) context.UserLinks.Remove(last);
        context.UserLinks.Add(new() { Id = Uuid7.New(now), UserId = user, Hash = RandomToken.Hash(made.Token), Purpose = purpose, CreatedAt = now, ExpiresAt = made.ExpiresAt });
        await context.SaveChangesAsync(cancellationToken);
        return made;
    }

    /// <summary>Whose link this is and what it is for; null when it is unknown, used or expired, or its user is locked.</summary>
    public async Task<(User User, LinkPurpose Purpose)?> FindAsync(string? token, CancellationToken cancellationToken)
    {
        if (Hash(token) is not { } hash) return null;
        var now = time.Now();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await context.UserLinks.AsNoTracking().Where(l => l.Hash == hash && l.ExpiresAt > now)
            .Join(context.Users.AsNoTracking(), l => l.UserId, u => u.Id, (l, u) => new { User = u, l.Purpose }).SingleOrDefaultAsync(cancellationToken);
        return found is null || found.User.LockedAt is not null ? null : (found.User, found.Purpose);
    }

    /// <summary>Uses a link up. Of two who use it at once, one is told true.</summary>
    public async Task<bool> TakeAsync(string? token, CancellationToken cancellationToken)
    {
        if (Hash(token) is not { } hash) return false;
        var now = time.Now();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.UserLinks.Where(l => l.Hash == hash && l.ExpiresAt > now).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    /// <summary>Takes a user's link back.</summary>
    public async Task DropAsync(Guid user, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.UserLinks.Where(l => l.UserId == user).ExecuteDeleteAsync(cancellationToken);
    }

    private static byte[]? Hash(string? token) => token is { Length: <= MaxLength } && token.StartsWith(Prefix, StringComparison.Ordinal) ? RandomToken.Hash(token) : null;
}
