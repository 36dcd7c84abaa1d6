using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Identity;

/// <summary>Looks at users.</summary>
internal sealed class UserQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, TryCounters tries, TimeProvider time)
{
    /// <param name="search">Part of name or e-mail address; null for all.</param>
    /// <param name="role">Null for all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="pageSize">Users on a page.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<(IReadOnlyList<UserView> Items, int Total)> ListAsync(string? search, Role? role, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var users = context.Users.AsNoTracking();
        if (role is not null) users = users.Where(u => u.Role == role);
        if (!string.IsNullOrWhiteSpace(search))
        {
            var sought = UserNames.Normalize(search);
#pragma warning disable CA1304, CA1311, CA1862 // carried out by the database
            users = users.Where(u => u.NormalizedEmail!.Contains(sought) || u.Name!.ToUpper().Contains(sought));
#pragma warning restore CA1304, CA1311, CA1862
        }
        var total = await users.CountAsync(cancellationToken);
        var found = await users.OrderBy(u => u.NormalizedEmail).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return (await ShowAsync(context, found, cancellationToken), total);
    }

    public async Task<UserView?> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await context.Users.AsNoTracking().Where(u => u.Id == id).ToListAsync(cancellationToken);
        return (await ShowAsync(context, found, cancellationToken)).SingleOrDefault();
    }

    public async Task<User?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellationToken);
    }

    private async Task<IReadOnlyList<UserView>> ShowAsync(TriggerConsoleDbContext context, List<User> users, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var ids = users.Select(u => u.Id).ToList();
        var locked = await tries.LockedAsync(ids, cancellationToken);
        var browsers = await CountAsync(context.UserSessions.Where(s => ids.Contains(s.UserId)).Select(s => s.UserId), cancellationToken);
        var programs = await CountAsync(context.RefreshTokens.Where(t => ids.Contains(t.UserId) && t.RevokedAt == null && t.UsedAt == null && t.ExpiresAt > now).Select(t => t.UserId), cancellationToken);
        var codes = await CountAsync(context.RecoveryCodes.Where(c => ids.Contains(c.UserId)).Select(c => c.UserId), cancellationToken);
        var external = await context.UserLogins.Where(l => ids.Contains(l.UserId)).Select(l => l.UserId).Distinct().ToListAsync(cancellationToken);
        return
        [
            .. users.Select(u => new UserView(
                u.Id, u.Email ?? u.UserName ?? "", u.Name, u.Role, u.CreatedAt, u.LastSignInAt, u.LockedAt, locked.TryGetValue(u.Id, out var until) ? until : null,
                u.TwoFactorEnabled, codes.GetValueOrDefault(u.Id), u.PasswordHash is null && !external.Contains(u.Id), u.MustChangePassword, browsers.GetValueOrDefault(u.Id) + programs.GetValueOrDefault(u.Id))),
        ];
    }

    private static Task<Dictionary<Guid, int>> CountAsync(IQueryable<Guid> users, CancellationToken cancellationToken)
        => users.GroupBy(id => id).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
}
