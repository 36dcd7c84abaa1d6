using TriggerConsole.Browsers;
using TriggerConsole.Core.Identity.Tries;

namespace TriggerConsole.Authentication;

/// <summary>
/// What a browser keeps from earlier sign-ins. It opens nothing; it only has tries of its own, so that strangers who try passwords do not
/// lock its user out.
/// </summary>
internal static class DeviceCookie
{
    public const string Name = "triggerconsole-device";

    public static string? Read(HttpContext context) => context.Request.Cookies[NameOf(context)];

    public static void Write(HttpContext context, string token) => context.Response.Cookies.Append(NameOf(context), token, new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        IsEssential = true,
        MaxAge = KnownDevices.Lifetime,
        Path = context.Request.IsHttps ? "/" : "/account", // the prefix demands the whole host
    });

    private static string NameOf(HttpContext context) => context.Request.IsHttps ? SecureCookies.HostPrefix + Name : Name;
}
