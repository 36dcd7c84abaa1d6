using Microsoft.Extensions.Primitives;
using TriggerConsole.Core.Limits;

namespace TriggerConsole.Limits;

/// <summary>
/// Holds back who guesses passwords, codes and links, by address: each try counts before it is looked at, and is taken back when it was
/// right. And lets in only so many at the same time, because each look at a password costs a processor a tenth of a second: however
/// many guess, the rest of the server goes on. What one account allows is counted apart from this, with the account.
/// </summary>
internal sealed class SignInThrottle(RequestDelegate next, RateLimits limits, LoadGates gates)
{
    private const string SessionCookie = "triggerconsole=";

    public Task InvokeAsync(HttpContext context)
        => RequestKind.Of(context.Request) != LimitPolicy.Account || context.Request.Path.StartsWithSegments("/account/sign-out") ? next(context) : GuardAsync(context);

    private async Task GuardAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        var key = limits.KeyOf(LimitPolicy.SignIn, address);
        var verdict = limits.Take(key, address);
        if (!verdict.IsAllowed)
        {
            await LimitAnswers.RefuseAsync(context, LimitPolicy.SignIn, limits.Of(LimitPolicy.SignIn), verdict);
            return;
        }
        var isRight = true; // what was not looked at, or broke, is no guess
        if (!await gates.SignIns.TryEnterAsync(context.RequestAborted))
        {
            await LimitAnswers.ShedAsync(context, LimitPolicy.Account);
        }
        else
        {
            try
            {
                await next(context);
                isRight = context.Response.StatusCode >= StatusCodes.Status500InternalServerError || IsSignedIn(context);
            }
            finally
            {
                gates.SignIns.Leave();
            }
        }
        if (isRight) limits.TakeBack(key);
    }

    // Programs get tokens; people get their cookie, new or renewed
    private static bool IsSignedIn(HttpContext context)
        => context.Request.Path.StartsWithSegments("/api") ? context.Response.StatusCode < StatusCodes.Status300MultipleChoices : GivesCookie(context.Response.Headers.SetCookie);

    private static bool GivesCookie(StringValues cookies)
    {
        foreach (var cookie in cookies)
            if (cookie is not null && cookie.StartsWith(SessionCookie, StringComparison.Ordinal) && cookie.Length > SessionCookie.Length && cookie[SessionCookie.Length] != ';') return true;
        return false;
    }
}
