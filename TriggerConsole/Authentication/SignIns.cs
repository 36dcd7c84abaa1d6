using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Passwords;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Identity.TwoFactor;
using TriggerConsole.Core.Mail;

namespace TriggerConsole.Authentication;

/// <summary>What a step of a sign-in came to.</summary>
internal enum SignInStep
{
    /// <summary>Signed in: the cookie is set.</summary>
    Done,

    /// <summary>Half-way: the code of the second factor is wanted (<see cref="SignIns.CodeAsync"/>).</summary>
    NeedsCode,

    /// <summary>An administrator has locked this user. Only told to those who have shown who they are.</summary>
    Locked,

    /// <summary>E-mail, password or code is wrong, or there were too many tries.</summary>
    Refused,

    /// <summary>The first step is too long ago: from the beginning.</summary>
    Expired,
}

/// <summary>How someone has shown who he is.</summary>
/// <param name="Method">In a word or two, for the list of sessions and the audit log: <c>password</c>, the name of a provider.</param>
/// <param name="IsPersistent">Stays signed in when the browser is closed.</param>
/// <param name="ReturnUrl">Where he wanted to go; used only when it is a path of ours.</param>
internal sealed record SignInWay(string Method, bool IsPersistent, string? ReturnUrl);

/// <summary>
/// The one place where sign-ins of people end, whatever they began with: is he locked, is a second factor wanted, then the session, the
/// cookie, the browser remembered, the audit log.
/// </summary>
internal sealed class SignIns(
    UserSessions sessions, PasswordCheck passwords, TwoFactors twoFactors, KnownDevices devices, SignInRules rules, UserQueries users, AccountMails mails, IAuditTrail audit)
{
    /// <summary>How long someone may take between password and code.</summary>
    public static readonly TimeSpan StepLifetime = TimeSpan.FromMinutes(5);

    private const string Stamp = "tc:stamp";
    private const string Method = "tc:method";
    private const string Persistent = "tc:persistent";
    private const string ReturnUrl = "tc:return";

    /// <summary>Where to go after a sign-in: never to another site.</summary>
    public static string LocalOr(string? url, string otherwise = "/") => url is "/" or ['/', not ('/' or '\\'), ..] && !url.Any(c => char.IsControl(c) || c == '\\') ? url : otherwise;

    /// <summary>Signs in with e-mail and password.</summary>
    public async Task<SignInStep> PasswordAsync(HttpContext context, string email, string password, SignInWay way, CancellationToken cancellationToken)
    {
        var answer = await passwords.CheckAsync(email, password, DeviceCookie.Read(context), cancellationToken);
        if (answer.User is { } user) return await FinishAsync(context, user, way, cancellationToken);
        // What was typed is no name when there is no such account: it may be a password in the wrong field
        await RefuseAsync(context, answer.Known, answer.IsLockedOut ? "Too many wrong passwords." : answer.Known is null ? "There is no such account." : "Wrong password.", cancellationToken);
        return SignInStep.Refused;
    }

    /// <summary>Goes on with a user who has shown who he is: signs him in, or asks for the code of his second factor first.</summary>
    /// <param name="context">Of the request; its answer gets the cookie.</param>
    /// <param name="user">As he is in the database now.</param>
    /// <param name="way">How he has shown it.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    public async Task<SignInStep> FinishAsync(HttpContext context, User user, SignInWay way, CancellationToken cancellationToken)
    {
        if (user.LockedAt is not null)
        {
            await RefuseAsync(context, user, "Locked by an administrator.", cancellationToken);
            return SignInStep.Locked;
        }
        if (!user.TwoFactorEnabled)
        {
            await CompleteAsync(context, user, way, cancellationToken);
            return SignInStep.Done;
        }
        var half = new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, user.Id.ToString()), new(Stamp, user.SecurityStamp ?? ""), new(Method, way.Method), new(Persistent, way.IsPersistent.ToString()), new(ReturnUrl, LocalOr(way.ReturnUrl))],
            IdentityConstants.TwoFactorUserIdScheme);
        await context.SignInAsync(IdentityConstants.TwoFactorUserIdScheme, new(half));
        return SignInStep.NeedsCode;
    }

    /// <summary>Whether someone is half-way: then the page for the code is of use.</summary>
    public static async Task<bool> IsHalfWayAsync(HttpContext context) => (await context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Succeeded;

    /// <summary>The second step, with a code of the app or a recovery code.</summary>
    /// <returns>And where to go.</returns>
    public async Task<(SignInStep Step, string ReturnUrl)> CodeAsync(HttpContext context, string code, CancellationToken cancellationToken)
    {
        var half = await context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        if (half.Principal is not { } who || !Guid.TryParse(who.FindFirstValue(ClaimTypes.NameIdentifier), out var id)) return (SignInStep.Expired, "/");
        var returnUrl = LocalOr(who.FindFirstValue(ReturnUrl));
        // Changed in between: his password, his lock, or that he has a second factor at all
        if (await users.FindAsync(id, cancellationToken) is not { LockedAt: null, TwoFactorEnabled: true } user || user.SecurityStamp != who.FindFirstValue(Stamp))
        {
            await context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
            return (SignInStep.Expired, returnUrl);
        }
        var answer = await twoFactors.CheckAsync(user, code, cancellationToken);
        if (answer is CodeAnswer.Wrong or CodeAnswer.LockedOut)
        {
            await RefuseAsync(context, user, answer == CodeAnswer.Wrong ? "Wrong code after the right password." : "Too many wrong codes.", cancellationToken);
            return (SignInStep.Refused, returnUrl);
        }
        await context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        var method = $"{who.FindFirstValue(Method)} and {(answer == CodeAnswer.RecoveryCode ? "recovery code" : "code")}";
        await CompleteAsync(context, user, new(method, who.FindFirstValue(Persistent) == bool.TrueString, returnUrl), cancellationToken);
        if (answer == CodeAnswer.RecoveryCode) mails.TellRecoveryCode(user, await twoFactors.CodesLeftAsync(id, cancellationToken));
        return (SignInStep.Done, returnUrl);
    }

    /// <summary>Ends the session of the cookie.</summary>
    public async Task SignOutAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var user = context.User;
        if (user.HasClaim(c => c.Type == SessionClaims.Ticket) && user.UserId() is { } id && user.SessionId() is { } session)
        {
            await sessions.EndAsync(id, session, cancellationToken);
            await audit.RecordAsync(new("user.sign-out", AuditOutcome.Done, "user", id.ToString(), user.Identity?.Name), cancellationToken);
        }
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    private async Task CompleteAsync(HttpContext context, User user, SignInWay way, CancellationToken cancellationToken)
    {
        // Someone else may be signed in in this browser, or the same one: that session has no cookie any more
        if (context.User.HasClaim(c => c.Type == SessionClaims.Ticket) && context.User.UserId() is { } before && context.User.SessionId() is { } old) await sessions.EndAsync(before, old, cancellationToken);
        var address = AddressOf(context);
        var ticket = await sessions.BeginAsync(user, way.Method, address, BrowserWords.Of(context.Request.Headers.UserAgent.ToString()), cancellationToken);
        _ = SessionTicket.TryParse(ticket, out var session); // just made
        DeviceCookie.Write(context, await devices.RememberAsync(user.Id, DeviceCookie.Read(context), cancellationToken));
        await passwords.StampAsync(user.Id, cancellationToken);
        var principal = SessionClaims.Create(user.Id, user.Email ?? "", user.Role, rules.DutyOf(user), session.Id, ticket);
        await context.SignInAsync(IdentityConstants.ApplicationScheme, principal, new() { IsPersistent = way.IsPersistent });
        context.User = principal;
        await audit.RecordAsync(new("user.sign-in", AuditOutcome.Done, "user", user.Id.ToString(), user.Email, $"With {way.Method}.", ActorOf(user, address)), cancellationToken);
    }

    private ValueTask RefuseAsync(HttpContext context, User? user, string why, CancellationToken cancellationToken)
        => audit.RecordAsync(new("user.sign-in", AuditOutcome.Refused, "user", user?.Id.ToString(), user?.Email, why, new(AuditActorKind.Nobody, null, "nobody", AddressOf(context))), cancellationToken);

    internal static AuditActor ActorOf(User user, string? address) => new(AuditActorKind.User, user.Id.ToString(), user.Email ?? "", address);

    internal static string? AddressOf(HttpContext context)
        => context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;
}
