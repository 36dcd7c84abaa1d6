using Microsoft.Extensions.Options;
using TriggerConsole.Hosting;

namespace TriggerConsole.Browsers;

/// <summary>
/// What every answer tells the browser: run our own scripts and nothing else, do not guess types, stay out of frames, keep no copy.
/// Callbacks are answered before this (see <see cref="Ingress.IngressEndpoint"/>): no browser shows those.
/// </summary>
internal sealed class SecurityHeaders(IOptions<ServerOptions> options, IOptions<BrowserOptions> browsers)
{
    /// <summary>
    /// For pages. No script but those we serve as files. Styles likewise, but for <c>style</c> attributes: the component library sets
    /// widths and heights that way, and an attribute can neither select nor fetch. <c>connect-src 'self'</c> covers the WebSocket of the
    /// pages (CSP level 3, section 6.7.2.8).
    /// </summary>
    public const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    /// <summary>For the page of the API, which puts one style element into itself: that one, by what is in it.</summary>
    public const string SwaggerPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    /// <summary>For answers that are no pages: what strangers sent us is never a document of ours, however it is opened.</summary>
    public const string DataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

    private const string Permissions =
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

    private readonly string _pagePolicy = browsers.Value.FormTargets.Count == 0 ? PagePolicy : PagePolicy.Replace("form-action 'self'", $"form-action 'self' {string.Join(' ', browsers.Value.FormTargets)}", StringComparison.Ordinal);
    private readonly string? _transport = options.Value.HstsMaxAge > TimeSpan.Zero ? $"max-age={(long)options.Value.HstsMaxAge.TotalSeconds}{(options.Value.HstsIncludeSubDomains ? "; includeSubDomains" : "")}" : null;

    /// <summary>Sets them at the last moment, so that an answer that is thrown away for a fault does not take them along.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            var (headers, http) = ((SecurityHeaders, HttpContext))state;
            headers.Set(http);
            return Task.CompletedTask;
        }, (this, context));
        return next(context);
    }

    private void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        var path = context.Request.Path;
        var isPage = IsPage(context.Response.ContentType) && !path.StartsWithSegments("/api") && !path.StartsWithSegments("/echo");
        headers.ContentSecurityPolicy = !isPage ? DataPolicy : path.StartsWithSegments("/swagger") ? SwaggerPolicy : _pagePolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // Not "no-referrer": browsers would then send "Origin: null" with our own forms
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = Permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (_transport is not null && context.Request.IsHttps) headers.StrictTransportSecurity = _transport;
        // Pages and answers hold people's data; files of ours say themselves how long they may be kept
        if (isPage || headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
    }

    private static bool IsPage(string? contentType) => contentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true;
}
