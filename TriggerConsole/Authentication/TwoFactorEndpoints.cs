using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Passwords;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.TwoFactor;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Authentication;

/// <summary>One's own second factor. Whoever only found the browser open cannot change it: each change asks for the password again.</summary>
internal static class TwoFactorEndpoints
{
    private const string Page = "/account/two-factor";
    private const string CodesPage = "/account/recovery-codes";

    public static void MapTwoFactor(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/two-factor").RequireAuthorization(PermissionPolicies.Account);
        group.MapPost("/begin", BeginAsync);
        group.MapPost("/confirm", ConfirmAsync);
        group.MapPost("/codes", RenewCodesAsync);
        group.MapPost("/off", TurnOffAsync);
    }

    private static async Task<RedirectHttpResult> BeginAsync([FromForm] string? current, HttpContext context, UserQueries users, PasswordCheck passwords, TwoFactors twoFactors, CancellationToken cancellationToken)
    {
        var (user, problem) = await AskAgainAsync(current, context, users, passwords, cancellationToken);
        if (user is null) return TypedResults.LocalRedirect(problem);
        await twoFactors.BeginAsync(user, cancellationToken);
        return TypedResults.LocalRedirect(Page);
    }

    private static async Task<RedirectHttpResult> ConfirmAsync(
        [FromForm] string? code, HttpContext context, UserQueries users, TwoFactors twoFactors, SessionEndings endings, ShownOnce once, AccountMails mails, CancellationToken cancellationToken)
    {
        if (await users.OfAsync(context, cancellationToken) is not { } user) return TypedResults.LocalRedirect("/sign-in");
        var result = await twoFactors.ConfirmAsync(user.Id, code ?? "", cancellationToken);
        if (result.Value is not { } issued) return TypedResults.LocalRedirect(result.Refusal is Refusal.Invalid ? $"{Page}?problem=code" : $"{Page}?problem=again");
        endings.LookAgain(user.Id); // what had to be done first is done
        mails.TellTwoFactorOn(user);
        once.Keep(context, user.Id, issued.Codes);
        return TypedResults.LocalRedirect(CodesPage);
    }

    private static async Task<RedirectHttpResult> RenewCodesAsync(
        [FromForm] string? current, HttpContext context, UserQueries users, PasswordCheck passwords, TwoFactors twoFactors, ShownOnce once, CancellationToken cancellationToken)
    {
        var (user, problem) = await AskAgainAsync(current, context, users, passwords, cancellationToken);
        if (user is null) return TypedResults.LocalRedirect(problem);
        if ((await twoFactors.RenewCodesAsync(user.Id, cancellationToken)).Value is not { } issued) return TypedResults.LocalRedirect(Page);
        once.Keep(context, user.Id, issued.Codes);
        return TypedResults.LocalRedirect(CodesPage);
    }

    private static async Task<RedirectHttpResult> TurnOffAsync(
        [FromForm] string? current, HttpContext context, UserQueries users, PasswordCheck passwords, TwoFactors twoFactors, SignInRules rules, AccountMails mails, CancellationToken cancellationToken)
    {
        var (user, problem) = await AskAgainAsync(current, context, users, passwords, cancellationToken);
        if (user is null) return TypedResults.LocalRedirect(problem);
        if (rules.DemandsTwoFactor(user.Role)) return TypedResults.LocalRedirect(Page); // which says that it has to stay
        if (await twoFactors.RemoveAsync(user.Id, cancellationToken)) mails.TellTwoFactorOff(user);
        return TypedResults.LocalRedirect(Page);
    }

    // Who signs in elsewhere has no password to ask for
    private static async Task<(User? User, string Problem)> AskAgainAsync(string? current, HttpContext context, UserQueries users, PasswordCheck passwords, CancellationToken cancellationToken)
    {
        if (await users.OfAsync(context, cancellationToken) is not { } user) return (null, "/sign-in");
        if (user.PasswordHash is null) return (user, "");
        return (await passwords.CheckAsync(user, current ?? "", DeviceCookie.Read(context), cancellationToken)).User is { } known ? (known, "") : (null, $"{Page}?problem=wrong");
    }
}
