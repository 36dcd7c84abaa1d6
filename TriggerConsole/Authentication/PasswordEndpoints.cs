using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Passwords;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Authentication;

/// <summary>Passwords: changed, forgotten, chosen by a link.</summary>
internal static class PasswordEndpoints
{
    public static void MapPasswords(this IEndpointRouteBuilder routes)
    {
        // Not at the page's own address: pages answer POST as well
        routes.MapPost("/change-password", ChangeAsync).RequireAuthorization(PermissionPolicies.Account);
        routes.MapPost("/forgotten", Forgotten).AllowAnonymous();
        routes.MapPost("/choose-password", ChooseAsync).AllowAnonymous();
    }

    private static async Task<RedirectHttpResult> ChangeAsync(
        [FromForm] string? current, [FromForm] string? password, [FromForm] string? repeated, HttpContext context, UserQueries users, PasswordCommands passwords, CancellationToken cancellationToken)
    {
        if (await users.OfAsync(context, cancellationToken) is not { } user) return TypedResults.LocalRedirect("/sign-in");
        if (password != repeated) return TypedResults.LocalRedirect("/account/password?problem=repeated");
        var result = await passwords.ChangeAsync(user, current ?? "", password, DeviceCookie.Read(context), context.User.SessionId(), cancellationToken);
        if (result.Refusal is not Refusal.Invalid invalid) return TypedResults.LocalRedirect("/account/password?done=true");
        return TypedResults.LocalRedirect(invalid.Errors[0].Field == "current" ? "/account/password?problem=wrong" : $"/account/password?problem=new&fault={PasswordRules.KeyOfWords(invalid.Errors[0].Message)}");
    }

    private static RedirectHttpResult Forgotten([FromForm] string? email, ForgottenPasswords forgotten, HttpContext context)
    {
        forgotten.Ask(email ?? "", SignIns.AddressOf(context));
        return TypedResults.LocalRedirect("/account/forgotten-password?sent=true");
    }

    private static async Task<RedirectHttpResult> ChooseAsync(
        [FromForm] string? token, [FromForm] string? password, [FromForm] string? repeated, PasswordCommands passwords, CancellationToken cancellationToken)
    {
        var page = $"/account/new-password?token={Uri.EscapeDataString(token ?? "")}";
        if (password != repeated) return TypedResults.LocalRedirect($"{page}&problem=repeated");
        var result = await passwords.ChooseAsync(token, password, cancellationToken);
        return TypedResults.LocalRedirect(result.Refusal switch
        {
            null => "/sign-in?done=password",
            Refusal.Invalid invalid => $"{page}&problem=new&fault={PasswordRules.KeyOfWords(invalid.Errors[0].Message)}",
            _ => page, // which says that the link is too old
        });
    }

    /// <summary>The user who is signed in in this browser.</summary>
    public static async Task<User?> OfAsync(this UserQueries users, HttpContext context, CancellationToken cancellationToken)
        => context.User.UserId() is { } id ? await users.FindAsync(id, cancellationToken) : null;
}
