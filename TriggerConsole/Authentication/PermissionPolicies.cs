using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Authentication;

/// <summary>Asks callers for <see cref="Permissions"/>: their role must allow the action and, for an API key with scopes, one of the scopes must name it.</summary>
internal static class PermissionPolicies
{
    /// <summary>A claim for each scope of an API key; none: everything its role allows.</summary>
    public const string ScopeClaim = "scope";

    /// <summary>Signed in in a browser, whatever the role, and even when something has to be done first: his own account.</summary>
    public const string Account = "account";

    public static void Add(AuthorizationOptions options)
    {
        options.AddPolicy(Account, policy => policy.RequireAuthenticatedUser().RequireClaim(SessionClaims.Ticket));
        foreach (var permission in Permissions.All)
            options.AddPolicy(permission.Name, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.May(permission.Name)));
        options.DefaultPolicy = options.GetPolicy(Permissions.Read)!;
        options.FallbackPolicy = options.DefaultPolicy; // what says nothing needs sign-in
    }

    /// <summary>Whether this caller may do this.</summary>
    public static bool May(this ClaimsPrincipal user, string permission)
        => user.RoleOf()?.Allows(permission) == true && (!user.HasClaim(c => c.Type == ScopeClaim) || user.HasClaim(ScopeClaim, permission));

    /// <summary>What these endpoints need unless they say otherwise themselves.</summary>
    public static RouteGroupBuilder WithDefaultPermission(this RouteGroupBuilder group, string permission)
    {
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (!endpoint.Metadata.Any(m => m is IAuthorizeData or IAllowAnonymous)) endpoint.Metadata.Add(new AuthorizeAttribute(permission));
        });
        return group;
    }

    public static Role? RoleOf(this ClaimsPrincipal user) => Enum.TryParse<Role>(user.FindFirstValue(ClaimTypes.Role), out var role) ? role : null;

    /// <summary>Who this is, for records: e-mail of the user or name of the API key.</summary>
    public static string? Actor(this ClaimsPrincipal user) => user.Identity?.Name;
}
