using TriggerConsole.Core.Identity.Tries;

namespace TriggerConsole.Authentication;

/// <summary>
/// What a browser keeps from earlier sign-ins. It opens nothing; it only has tries of its own, so that strangers who try passwords do not
/// lock its user out.
/// </summary>
internal static class DeviceCookie
{
    public const string Name = "triggerconsole-device";

    public static string? Read(HttpContext context) => context.Request.Cookies[Name];

    public static void Write(HttpContext context, string token) => context.Response.Cookies.Append(Name, token, new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        IsEssential = true,
        MaxAge = KnownDevices.Lifetime,
        Path = "/account",
    });
}
