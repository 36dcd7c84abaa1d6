using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Authentication;

/// <summary>What a signed-in person's claims say.</summary>
internal static class SessionClaims
{
    /// <summary>Proves the session; in cookies alone.</summary>
    public const string Ticket = "tc:ticket";

    /// <summary>Id of the session, of a browser or of tokens.</summary>
    public const string Id = "tc:session";

    private const string Duty = "tc:duty";

    /// <summary>The user of a cookie. Who has something to do first has no role: every policy refuses him, and his account's pages alone are open.</summary>
    public static ClaimsPrincipal Create(Guid user, string email, Role role, SignInDuty duty, Guid session, string ticket)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user.ToString()), new(ClaimTypes.Name, email), new(Id, session.ToString()), new(Ticket, ticket)], IdentityConstants.ApplicationScheme);
        identity.AddClaim(duty == SignInDuty.None ? new(ClaimTypes.Role, role.ToString()) : new(Duty, duty.ToString()));
        return new(identity);
    }

    /// <summary>The person who acts; null for programs with an API key.</summary>
    public static Guid? UserId(this ClaimsPrincipal user)
        => user.Identity?.AuthenticationType != ApiKeyAuthentication.SchemeName && Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null;

    public static Guid? SessionId(this ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(Id), out var id) ? id : null;

    public static SignInDuty DutyOf(this ClaimsPrincipal user) => Enum.TryParse<SignInDuty>(user.FindFirstValue(Duty), out var duty) ? duty : SignInDuty.None;

    /// <summary>The page of what has to be done first; null when nothing has.</summary>
    public static string? DutyPath(this ClaimsPrincipal user) => user.DutyOf() switch
    {
        SignInDuty.ChangePassword => "/account/password",
        SignInDuty.SetUpTwoFactor => "/account/two-factor",
        _ => null,
    };
}
