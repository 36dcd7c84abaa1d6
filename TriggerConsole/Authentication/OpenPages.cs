using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Authentication;

/// <summary>
/// Signs out pages that stay open after their user's session has ended: a circuit outlives the cookie it began with. Looks once
/// a minute; what a page does is checked at once by <see cref="CircuitGuard"/>.
/// </summary>
internal sealed class OpenPages(ILoggerFactory logging, IDbContextFactory<TriggerConsoleDbContext> contexts, IOptions<IdentityOptions> options, IOptions<SecurityStampValidatorOptions> stamps)
    : RevalidatingServerAuthenticationStateProvider(logging)
{
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromSeconds(1);

    // An interval of zero means "at every request" to the cookie; here it would be a loop without a pause
    protected override TimeSpan RevalidationInterval => stamps.Value.ValidationInterval > s_leastInterval ? stamps.Value.ValidationInterval : s_leastInterval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var claims = options.Value.ClaimsIdentity;
        var user = authenticationState.User;
        if (user.FindFirstValue(claims.SecurityStampClaimType) is not { } stamp) return true; // signed in by other means than a password
        if (!Guid.TryParse(user.FindFirstValue(claims.UserIdClaimType), CultureInfo.InvariantCulture, out var id)) return false;
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            return await context.Users.AnyAsync(u => u.Id == id && u.SecurityStamp == stamp, cancellationToken);
        }
        catch (DbException)
        {
            return true; // a database that does not answer for a moment must not sign everyone out
        }
    }
}
