using System.Security.Claims;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Limits;

namespace TriggerConsole.Limits;

/// <summary>Counts requests by who sends them, once that is known: by API key or user; and what shows a key that is none, by address.</summary>
internal sealed class CallerLimits(RequestDelegate next, RateLimits limits)
{
    public Task InvokeAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        if (context.User.Identity is not { IsAuthenticated: true, AuthenticationType: var scheme })
        {
            if (!ApiKeyAuthentication.IsShown(context.Request)) return next(context);
            var refused = limits.Take(LimitPolicy.Refusals, address);
            return refused.IsAllowed ? next(context) : LimitAnswers.RefuseAsync(context, LimitPolicy.Refusals, limits.Of(LimitPolicy.Refusals), refused);
        }
        if (!Guid.TryParse(context.User.FindFirstValue(ClaimTypes.NameIdentifier), out var id)) return next(context);
        var policy = scheme == ApiKeyAuthentication.SchemeName ? LimitPolicy.Key : LimitPolicy.User;
        var verdict = limits.Take(LimitKey.Of(policy, id), address);
        if (!verdict.IsAllowed) return LimitAnswers.RefuseAsync(context, policy, limits.Of(policy), verdict);
        if (context.Request.Path.StartsWithSegments("/api")) LimitAnswers.SetHeaders(context.Response, policy, limits.Of(policy), verdict);
        return next(context);
    }
}
