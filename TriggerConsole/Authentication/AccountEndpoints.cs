using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Authentication.External;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Authentication;

/// <summary>
/// Sign-in, sign-out, first set-up and everything about one's own account: plain form posts, because they set cookies. The antiforgery
/// token is checked for each. What went wrong goes back to the page as a word, never as text that a link could put there.
/// </summary>
internal static class AccountEndpoints
{
    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/account").ExcludeFromDescription();
        group.MapPost("/sign-in", SignInAsync).AllowAnonymous();
        group.MapPost("/code", CodeAsync).AllowAnonymous();
        group.MapPost("/setup", SetUpAsync).AllowAnonymous();
        group.MapPost("/sign-out", SignOutAsync).AllowAnonymous();
        group.MapPasswords();
        group.MapTwoFactor();
        group.MapSessions();
        group.MapExternal();
    }

    /// <summary>Whether the caller sits at the server itself. Behind a proxy everyone seems to, so a forwarded request never counts.</summary>
    public static bool IsOnThisMachine(HttpContext context)
        => context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    private static async Task<RedirectHttpResult> SignInAsync(
        [FromForm] string? email, [FromForm] string? password, [FromForm] string? returnUrl, [FromForm] bool? remember, SignIns signIns, HttpContext context, CancellationToken cancellationToken)
    {
        var url = SignIns.LocalOr(returnUrl);
        var step = await signIns.PasswordAsync(context, email ?? "", password ?? "", new("password", remember ?? false, url), cancellationToken);
        return step switch
        {
            SignInStep.Done => TypedResults.LocalRedirect(context.User.DutyPath() ?? url),
            SignInStep.NeedsCode => TypedResults.LocalRedirect("/sign-in/code"),
            // Says nothing of whether there is such an account, or whether it is the number of tries
            _ => TypedResults.LocalRedirect($"/sign-in?problem={(step == SignInStep.Locked ? "blocked" : "wrong")}&returnUrl={Uri.EscapeDataString(url)}"),
        };
    }

    private static async Task<RedirectHttpResult> CodeAsync([FromForm] string? code, SignIns signIns, HttpContext context, CancellationToken cancellationToken)
    {
        var (step, url) = await signIns.CodeAsync(context, code ?? "", cancellationToken);
        return step switch
        {
            SignInStep.Done => TypedResults.LocalRedirect(context.User.DutyPath() ?? url),
            SignInStep.Expired => TypedResults.LocalRedirect($"/sign-in?problem=expired&returnUrl={Uri.EscapeDataString(url)}"),
            _ => TypedResults.LocalRedirect("/sign-in/code?problem=wrong"),
        };
    }

    private static async Task<RedirectHttpResult> SetUpAsync(
        [FromForm] string? email, [FromForm] string? password, [FromForm] string? code, FirstStart firstStart, SignIns signIns, HttpContext context, CancellationToken cancellationToken)
    {
        if (!IsOnThisMachine(context) && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code?.Trim() ?? ""), Encoding.UTF8.GetBytes(firstStart.Code)))
            return Again("The code is not the one in the server's log.", email);
        var result = await firstStart.CreateAsync(email?.Trim() ?? "", password ?? "", cancellationToken);
        if (result.Refusal is Refusal.Invalid invalid) return Again(string.Join(" ", invalid.Errors.Select(e => e.Message)), email);
        if (result.IsRefused) return TypedResults.LocalRedirect("/sign-in");
        await signIns.FinishAsync(context, result.Value!, new("password", true, "/"), cancellationToken);
        return TypedResults.LocalRedirect(context.User.DutyPath() ?? "/");
    }

    private static async Task<RedirectHttpResult> SignOutAsync([FromForm] string? reason, SignIns signIns, HttpContext context, CancellationToken cancellationToken)
    {
        _ = reason; // a form parameter makes the antiforgery check apply
        await signIns.SignOutAsync(context, cancellationToken);
        return TypedResults.LocalRedirect("/sign-in");
    }

    private static RedirectHttpResult Again(string problem, string? email)
        => TypedResults.LocalRedirect($"/setup?problem={Uri.EscapeDataString(problem)}&email={Uri.EscapeDataString(email ?? "")}");
}
