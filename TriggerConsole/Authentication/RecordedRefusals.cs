using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using TriggerConsole.Core.Audit;

namespace TriggerConsole.Authentication;

/// <summary>
/// Records requests that authorization refuses, of API, hub and pages alike. A page that asks a stranger to sign in refuses nothing; a
/// program that shows no key, or a wrong one, is refused.
/// </summary>
internal sealed class RecordedRefusals(IAuditTrail audit) : IAuthorizationMiddlewareResultHandler
{
    public const string Action = "access.refuse";

    private readonly AuthorizationMiddlewareResultHandler _answers = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        => authorizeResult.Succeeded ? _answers.HandleAsync(next, context, policy, authorizeResult) : RefuseAsync(next, context, policy, authorizeResult);

    /// <summary>What was asked for, as the routes name it: no ids, no query, nothing that a caller could fill the log with.</summary>
    public static string NameOf(HttpContext context)
        => context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern } ? $"{context.Request.Method} /{pattern.TrimStart('/')}" : context.Request.Method;

    private async Task RefuseAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult result)
    {
        var isShown = ApiKeyAuthentication.IsShown(context.Request);
        if (result.Forbidden || isShown || AuthenticationServices.IsForPrograms(context.Request.Path))
        {
            var why = result.Forbidden ? $"Needs {NeedsOf(context)}." : isShown ? "The key or token is not valid." : "Not signed in.";
            await audit.RecordAsync(new(Action, AuditOutcome.Refused, "route", null, NameOf(context), why), context.RequestAborted);
        }
        await _answers.HandleAsync(next, context, policy, result);
    }

    private static string NeedsOf(HttpContext context)
        => context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).OfType<string>().LastOrDefault() ?? "another role";
}
