using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Authentication;

/// <summary>Sign-in, sign-out and first set-up: plain form posts, because they set cookies. The antiforgery token is checked for each.</summary>
internal static class AccountEndpoints
{
    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/account").ExcludeFromDescription();
        group.MapPost("/sign-in", SignInAsync).AllowAnonymous();
        group.MapPost("/setup", SetUpAsync).AllowAnonymous();
        group.MapPost("/sign-out", SignOutAsync).AllowAnonymous();
        // Not at the page's own address: pages answer POST as well
        group.MapPost("/change-password", ChangePasswordAsync);
    }

    /// <summary>Whether the caller sits at the server itself. Behind a proxy everyone seems to, so a forwarded request never counts.</summary>
    public static bool IsOnThisMachine(HttpContext context)
        => context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    private static async Task<RedirectHttpResult> SignInAsync(
        [FromForm] string? email, [FromForm] string? password, [FromForm] string? returnUrl, [FromForm] bool? remember, SignInManager<User> signIn)
    {
        var result = await signIn.PasswordSignInAsync(email ?? "", password ?? "", remember ?? false, lockoutOnFailure: true);
        if (result.Succeeded) return TypedResults.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/");
        // Says nothing of whether there is such an account
        return TypedResults.LocalRedirect($"/sign-in?problem={(result.IsLockedOut ? "locked" : "wrong")}&returnUrl={Uri.EscapeDataString(returnUrl ?? "/")}");
    }

    private static async Task<RedirectHttpResult> SetUpAsync(
        [FromForm] string? email, [FromForm] string? password, [FromForm] string? code, FirstStart firstStart, SignInManager<User> signIn, HttpContext context, CancellationToken cancellationToken)
    {
        if (!IsOnThisMachine(context) && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code?.Trim() ?? ""), Encoding.UTF8.GetBytes(firstStart.Code)))
            return Again("The code is not the one in the server's log.", email);
        var result = await firstStart.CreateAsync(email?.Trim() ?? "", password ?? "", cancellationToken);
        if (result.Refusal is Refusal.Invalid invalid) return Again(string.Join(" ", invalid.Errors.Select(e => e.Message)), email);
        if (result.IsRefused) return TypedResults.LocalRedirect("/sign-in");
        await signIn.SignInAsync(result.Value!, isPersistent: true);
        return TypedResults.LocalRedirect("/");
    }

    private static async Task<RedirectHttpResult> SignOutAsync(SignInManager<User> signIn, [FromForm] string? reason)
    {
        _ = reason; // a form parameter makes the antiforgery check apply
        await signIn.SignOutAsync();
        return TypedResults.LocalRedirect("/sign-in");
    }

    private static async Task<RedirectHttpResult> ChangePasswordAsync(
        [FromForm] string? current, [FromForm] string? password, [FromForm] string? repeated, HttpContext context, UserManager<User> users, SignInManager<User> signIn)
    {
        // A program with a key has no password
        if (await users.GetUserAsync(context.User) is not { } user) return TypedResults.LocalRedirect("/sign-in");
        // Whoever found a browser signed in may not try passwords for ever
        var check = await signIn.CheckPasswordSignInAsync(user, current ?? "", lockoutOnFailure: true);
        if (check.IsLockedOut)
        {
            await signIn.SignOutAsync();
            return TypedResults.LocalRedirect("/sign-in?problem=locked");
        }
        if (!check.Succeeded) return NotChanged("wrong", "");
        if (password != repeated) return NotChanged("repeated", "");
        // Changes the security stamp: every other session of this user ends when it is next looked at
        var changed = await users.ChangePasswordAsync(user, current ?? "", password ?? "");
        if (!changed.Succeeded) return NotChanged("new", string.Join(" ", changed.Errors.Select(e => e.Description)));
        await signIn.RefreshSignInAsync(user);
        return TypedResults.LocalRedirect("/account/password?done=true");
    }

    private static RedirectHttpResult NotChanged(string problem, string text)
        => TypedResults.LocalRedirect($"/account/password?problem={problem}&text={Uri.EscapeDataString(text)}");

    private static RedirectHttpResult Again(string problem, string? email)
        => TypedResults.LocalRedirect($"/setup?problem={Uri.EscapeDataString(problem)}&email={Uri.EscapeDataString(email ?? "")}");

    private static bool IsLocal(string? url) => url is ['/', not ('/' or '\\'), ..] or "/";
}
