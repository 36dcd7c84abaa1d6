using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Authentication;

/// <summary>
/// Asks again, before a page acts, whether its user still may. The cookie is read once, when the circuit begins; a page may stay
/// open for days, and a role, a lock or a new password must count in it too. One look-up by key for each command.
/// </summary>
internal sealed class CircuitGuard(
    AuthenticationStateProvider state, IAuthorizationService authorization, IDbContextFactory<TriggerConsoleDbContext> contexts, IOptions<IdentityOptions> options, TimeProvider time)
{
    /// <summary>The user as he is now: for records of who did something.</summary>
    /// <param name="policy">One of <see cref="Core.Identity.Permissions"/>.</param>
    /// <exception cref="NotAllowedException">The user has been deleted, locked or signed out everywhere, or his role is not enough.</exception>
    public async Task<ClaimsPrincipal> RequireAsync(string policy)
    {
        var user = (await state.GetAuthenticationStateAsync()).User;
        if (await RefreshAsync(user) is not { } current || !(await authorization.AuthorizeAsync(current, policy)).Succeeded) throw new NotAllowedException();
        return current;
    }

    private async Task<ClaimsPrincipal?> RefreshAsync(ClaimsPrincipal user)
    {
        var claims = options.Value.ClaimsIdentity;
        if (user.Identity is not ClaimsIdentity { IsAuthenticated: true } identity || !Guid.TryParse(user.FindFirstValue(claims.UserIdClaimType), CultureInfo.InvariantCulture, out var id)) return null;
        await using var context = await contexts.CreateDbContextAsync();
        var stored = await context.Users.AsNoTracking().Where(u => u.Id == id).Select(u => new { u.Role, u.SecurityStamp, u.LockoutEnd }).SingleOrDefaultAsync();
        if (stored is null || stored.LockoutEnd > time.GetUtcNow()) return null;
        // The stamp changes with the password and when someone is signed out everywhere
        if (user.FindFirstValue(claims.SecurityStampClaimType) is { } stamp && stamp != stored.SecurityStamp) return null;
        var others = identity.Claims.Where(c => c.Type != ClaimTypes.Role);
        return new(new ClaimsIdentity([.. others, new(ClaimTypes.Role, stored.Role.ToString())], identity.AuthenticationType, identity.NameClaimType, ClaimTypes.Role));
    }
}

/// <summary>The signed-in user may not do this, or no longer. Pages show <see cref="Exception.Message"/>.</summary>
internal sealed class NotAllowedException() : Exception("Your role does not allow this. Ask an administrator, or sign in again if your role has just changed.");
