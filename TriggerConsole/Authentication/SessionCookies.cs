using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using TriggerConsole.Core.Identity.Sessions;

namespace TriggerConsole.Authentication;

/// <summary>A cookie counts as long as its session does; role and duties are those of this minute, not those at sign-in.</summary>
internal static class SessionCookies
{
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var ticket = context.Principal?.FindFirst(SessionClaims.Ticket)?.Value;
        if (await context.HttpContext.RequestServices.GetRequiredService<UserSessions>().CheckAsync(ticket, context.HttpContext.RequestAborted) is not { } holder)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
            return;
        }
        var user = context.Principal!;
        if (user.RoleOf() == (holder.Duty == Core.Identity.SignInDuty.None ? holder.Role : null) && user.DutyOf() == holder.Duty && user.Identity?.Name == holder.Email) return;
        context.ReplacePrincipal(SessionClaims.Create(holder.UserId, holder.Email, holder.Role, holder.Duty, holder.SessionId, ticket!));
        context.ShouldRenew = true;
    }
}
