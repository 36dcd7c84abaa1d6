using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Authentication;

/// <summary>
/// Asks again, before a page acts, whether its user still may. The cookie is read once, when the circuit begins; a page may stay
/// open for days, and a role, a lock, an ended session or a new password must count in it too. One look-up by key for each command.
/// </summary>
internal sealed class CircuitGuard(
    AuthenticationStateProvider state, IAuthorizationService authorization, IDbContextFactory<TriggerConsoleDbContext> contexts, SignInRules rules, IOptions<IdentityOptions> options, IAuditTrail audit)
{
    /// <summary>The user as he is now: for records of who did something.</summary>
    /// <param name="policy">One of <see cref="Permissions"/>.</param>
    /// <exception cref="NotAllowedException">The user has been deleted, locked or signed out, or his role is not enough.</exception>
    public async Task<ClaimsPrincipal> RequireAsync(string policy)
    {
        var user = (await state.GetAuthenticationStateAsync()).User;
        if (await RefreshAsync(user) is { } current && (await authorization.AuthorizeAsync(current, policy)).Succeeded) return current;
        await audit.RecordAsync(new(RecordedRefusals.Action, AuditOutcome.Refused, "page", Detail: $"Needs {policy}."), CancellationToken.None);
        throw new NotAllowedException();
    }

    private async Task<ClaimsPrincipal?> RefreshAsync(ClaimsPrincipal user)
    {
        if (user.Identity is not ClaimsIdentity { IsAuthenticated: true } identity || user.UserId() is not { } id) return null;
        var session = user.SessionId();
        await using var context = await contexts.CreateDbContextAsync();
        var stored = await context.Users.AsNoTracking().Where(u => u.Id == id)
            .Select(u => new { u.Role, u.SecurityStamp, u.LockedAt, u.MustChangePassword, u.TwoFactorEnabled, HasSession = context.UserSessions.Any(s => s.Id == session && s.UserId == id) }).SingleOrDefaultAsync();
        if (stored is null || stored.LockedAt is not null || rules.DutyOf(stored.Role, stored.MustChangePassword, stored.TwoFactorEnabled) != SignInDuty.None) return null;
        if (user.HasClaim(c => c.Type == SessionClaims.Ticket) && !stored.HasSession) return null;
        // The stamp changes with the password and when someone is signed out everywhere
        if (user.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType) is { } stamp && stamp != stored.SecurityStamp) return null;
        var others = identity.Claims.Where(c => c.Type != ClaimTypes.Role);
        return new(new ClaimsIdentity([.. others, new(ClaimTypes.Role, stored.Role.ToString())], identity.AuthenticationType, identity.NameClaimType, ClaimTypes.Role));
    }
}

/// <summary>The signed-in user may not do this, or no longer. Pages show <see cref="Exception.Message"/>.</summary>
internal sealed class NotAllowedException() : Exception("Your role does not allow this. Ask an administrator, or sign in again if your role has just changed.");
