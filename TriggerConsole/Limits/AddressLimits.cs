using TriggerConsole.Core.Limits;

namespace TriggerConsole.Limits;

/// <summary>Counts requests by address, before anything else looks at them.</summary>
internal sealed class AddressLimits(RequestDelegate next, RateLimits limits)
{
    public Task InvokeAsync(HttpContext context)
    {
        var kind = RequestKind.Of(context.Request);
        var verdict = limits.Take(kind, context.Connection.RemoteIpAddress);
        return verdict.IsAllowed ? next(context) : LimitAnswers.RefuseAsync(context, kind, limits.Of(kind), verdict);
    }
}
