using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;
using TriggerConsole.Hosting;

namespace TriggerConsole.Browsers;

/// <summary>
/// Over https every cookie of a sign-in bears the prefix <c>__Host-</c>: browsers then take it only from this very host, for the whole of
/// it, and only encrypted (RFC 6265bis, section 4.1.3.2), so that a neighbour under the same domain can neither set nor replace it.
/// </summary>
internal sealed class SecureCookies : ICookieManager
{
    public const string HostPrefix = "__Host-";

    private readonly ChunkingCookieManager _cookies = new();

    public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, NameOf(context, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options)
        => _cookies.AppendResponseCookie(context, NameOf(context, key), value, Bound(context, options));

    public void DeleteCookie(HttpContext context, string key, CookieOptions options)
        => _cookies.DeleteCookie(context, NameOf(context, key), Bound(context, options));

    private static string NameOf(HttpContext context, string key) => context.Request.IsHttps ? HostPrefix + key : key;

    // What the prefix demands
    private static CookieOptions Bound(HttpContext context, CookieOptions options)
    {
        if (!context.Request.IsHttps) return options;
        return new(options) { Secure = true, Path = "/", Domain = null };
    }
}

internal static class CookieRules
{
    /// <summary>For every scheme that keeps a cookie, those that are added later among them.</summary>
    public static IServiceCollection AddSecureCookies(this IServiceCollection services)
    {
        var cookies = new SecureCookies();
        services.PostConfigureAll<CookieAuthenticationOptions>(options =>
        {
            options.CookieManager = cookies;
            options.Cookie.HttpOnly = true;
            options.Cookie.Path = "/";
            if (options.Cookie.SameSite is SameSiteMode.None or SameSiteMode.Unspecified) options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddOptions<AntiforgeryOptions>().Configure<IOptions<ServerOptions>>((forms, server) =>
        {
            forms.Cookie.Name = server.Value.IsPublicHttps ? $"{SecureCookies.HostPrefix}triggerconsole-forms" : "triggerconsole-forms";
            forms.Cookie.Path = "/";
            forms.Cookie.HttpOnly = true;
            forms.Cookie.SameSite = SameSiteMode.Strict;
            forms.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            forms.SuppressXFrameOptionsHeader = true; // set for everything
        });
        return services;
    }

    /// <summary>
    /// With an https <c>Server:PublicUrl</c> every request counts as encrypted: the proxy in front sees to that, whether or not it says
    /// so. Cookies are then never set for plain connections.
    /// </summary>
    public static void UsePublicScheme(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<ServerOptions>>().Value.IsPublicHttps) return;
        app.Use(static (context, next) =>
        {
            context.Request.Scheme = Uri.UriSchemeHttps;
            return next(context);
        });
    }
}
