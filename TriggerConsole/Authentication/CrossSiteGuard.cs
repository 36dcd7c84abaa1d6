using Microsoft.Extensions.Options;
using TriggerConsole.Api;
using TriggerConsole.Core.Audit;
using TriggerConsole.Hosting;

namespace TriggerConsole.Authentication;

/// <summary>
/// Keeps other sites from using a signed-in reader's cookie: a changing request to the API, and any connection of pages and hubs (which
/// browsers let other sites open), must come from our own pages. Browsers say where a request comes from (Fetch Metadata, and
/// <c>Origin</c>); requests with a key need no guard, because other sites do not have it.
/// </summary>
internal static class CrossSiteGuard
{
    public static void UseCrossSiteGuard(this WebApplication app)
    {
        var authority = app.Services.GetRequiredService<IOptions<ServerOptions>>().Value.PublicAuthority;
        app.Use(async (context, next) =>
        {
            if (!IsForeign(context.Request, authority))
            {
                await next(context);
                return;
            }
            await context.RequestServices.GetRequiredService<IAuditTrail>().RecordAsync(
                new(RecordedRefusals.Action, AuditOutcome.Refused, "route", null, RecordedRefusals.NameOf(context), "Sent by another site's page."), context.RequestAborted);
            await ApiProblems.Problem(StatusCodes.Status403Forbidden, "cross-site", "Not allowed", "This request comes from another site. Send it with an API key instead.").ExecuteAsync(context);
        });
    }

    private static bool IsForeign(HttpRequest request, string? publicAuthority)
    {
        var isPage = request.Path.StartsWithSegments("/_blazor");
        if (!isPage && !request.Path.StartsWithSegments("/hubs"))
        {
            if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) return false;
            if (!request.Path.StartsWithSegments("/api")) return false;
        }
        if (!isPage && ApiKeyAuthentication.IsShown(request)) return false;
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site)) return site != "same-origin" && site != "none";
        if (!request.Headers.TryGetValue("Origin", out var origin)) return false;
        return !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && (from.Authority == request.Host.Value || from.Authority == publicAuthority));
    }
}
