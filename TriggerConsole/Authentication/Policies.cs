using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Authentication;

/// <summary>What may be asked of a caller: at least this role.</summary>
internal static class Policies
{
    /// <summary>May look at everything but secrets.</summary>
    public const string Viewer = nameof(Role.Viewer);

    /// <summary>May run, replay, retry, cancel, pause.</summary>
    public const string Operator = nameof(Role.Operator);

    /// <summary>May make and change callbacks and triggers.</summary>
    public const string Editor = nameof(Role.Editor);

    /// <summary>May manage keys, secrets, users and settings.</summary>
    public const string Administrator = nameof(Role.Administrator);

    /// <summary>Signed in in a browser, whatever the role, and even when something has to be done first: his own account.</summary>
    public const string Account = "account";

    public static void Add(AuthorizationOptions options)
    {
        options.AddPolicy(Account, policy => policy.RequireAuthenticatedUser().RequireClaim(SessionClaims.Ticket));
        foreach (var role in Enum.GetValues<Role>())
            options.AddPolicy(role.ToString(), policy => policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.RoleOf() >= role));
        options.DefaultPolicy = options.GetPolicy(Viewer)!;
        options.FallbackPolicy = options.DefaultPolicy; // what says nothing needs sign-in
    }

    public static Role? RoleOf(this ClaimsPrincipal user) => Enum.TryParse<Role>(user.FindFirstValue(ClaimTypes.Role), out var role) ? role : null;

    /// <summary>Who this is, for records: e-mail of the user or name of the API key.</summary>
    public static string? Actor(this ClaimsPrincipal user) => user.Identity?.Name;
}
