using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Sessions;

namespace TriggerConsole.Authentication;

/// <summary>Where one is signed in: end one, all others, or all.</summary>
internal static class SessionEndpoints
{
    private const string Page = "/account";

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/sessions").RequireAuthorization(PermissionPolicies.Account);
        group.MapPost("/end", EndAsync);
        group.MapPost("/end-others", (HttpContext context, [FromForm] string? reason, UserQueries users, SignedInPlaces places, CancellationToken cancellationToken) => EndAllAsync(context, users, places, isThisKept: true, cancellationToken));
        group.MapPost("/end-all", (HttpContext context, [FromForm] string? reason, UserQueries users, SignedInPlaces places, CancellationToken cancellationToken) => EndAllAsync(context, users, places, isThisKept: false, cancellationToken));
    }

    private static async Task<RedirectHttpResult> EndAsync([FromForm] Guid session, HttpContext context, UserQueries users, SignedInPlaces places, CancellationToken cancellationToken)
    {
        if (await users.OfAsync(context, cancellationToken) is not { } user) return TypedResults.LocalRedirect("/sign-in");
        // Of this user alone, whatever id is sent
        var isEnded = await places.EndAsync(user, session, cancellationToken);
        if (session == context.User.SessionId()) await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        return TypedResults.LocalRedirect(isEnded ? $"{Page}?done=ended" : Page);
    }

    private static async Task<RedirectHttpResult> EndAllAsync(HttpContext context, UserQueries users, SignedInPlaces places, bool isThisKept, CancellationToken cancellationToken)
    {
        if (await users.OfAsync(context, cancellationToken) is not { } user) return TypedResults.LocalRedirect("/sign-in");
        await places.EndAllAsync(user, isThisKept ? context.User.SessionId() : null, "he asked for it", cancellationToken);
        if (isThisKept) return TypedResults.LocalRedirect($"{Page}?done=others");
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        return TypedResults.LocalRedirect("/sign-in?done=everywhere");
    }
}
