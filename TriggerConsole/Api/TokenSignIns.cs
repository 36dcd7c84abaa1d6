using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Passwords;
using TriggerConsole.Core.Identity.TwoFactor;

namespace TriggerConsole.Api;

/// <summary>Who asks for tokens with a password: the same checks, counters and second factor as in a browser, in one step.</summary>
internal sealed class TokenSignIns(PasswordCheck passwords, TwoFactors twoFactors, SignInRules rules, IAuditTrail audit)
{
    public async Task<(User? User, ProblemHttpResult? Refusal)> CheckAsync(TokenRequest request, string? address, string client, CancellationToken cancellationToken)
    {
        var answer = await passwords.CheckAsync(request.Email!, request.Password!, null, cancellationToken);
        // Whoever does not know the password does not learn that the user is locked, or whether there is one
        if (answer.User is not { LockedAt: null } user)
        {
            var why = answer.IsLockedOut ? "Too many wrong passwords." : answer.User is not null ? "Locked by an administrator." : answer.Known is null ? "There is no such account." : "Wrong password.";
            return (null, await RefuseAsync(answer.Known, why, address, cancellationToken));
        }
        if (user.TwoFactorEnabled)
        {
            if (string.IsNullOrWhiteSpace(request.Otp)) return (null, ApiProblems.Invalid("otp", "This user signs in with two factors: give the code of the app as well, or a recovery code."));
            if (await twoFactors.CheckAsync(user, request.Otp, cancellationToken) is CodeAnswer.Wrong or CodeAnswer.LockedOut) return (null, await RefuseAsync(user, "Wrong code after the right password.", address, cancellationToken));
        }
        if (rules.DutyOf(user) != SignInDuty.None)
            return (null, TokensApi.Refused("This user has something to do first: choose his own password, or set up two-factor sign-in. Sign in once in a browser."));
        await passwords.StampAsync(user.Id, cancellationToken);
        await audit.RecordAsync(new("user.sign-in", AuditOutcome.Done, "user", user.Id.ToString(), user.Email, "With tokens.", SignIns.ActorOf(user, address)), cancellationToken);
        return (user, null);
    }

    private async Task<ProblemHttpResult> RefuseAsync(User? user, string why, string? address, CancellationToken cancellationToken)
    {
        await audit.RecordAsync(new("user.sign-in", AuditOutcome.Refused, "user", user?.Id.ToString(), user?.Email, $"With tokens: {why}", new(AuditActorKind.Nobody, null, "nobody", address)), cancellationToken);
        return TokensApi.Refused("E-mail, password or code is wrong, or too many tries were made. Wait a few minutes before you try again.");
    }
}
