using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace TriggerConsole.Authentication;

/// <summary>Carries what is shown once from the answer to a form to the page after it: encrypted, in a cookie that the page takes away.</summary>
internal sealed class ShownOnce(IDataProtectionProvider protection)
{
    private const string Name = "triggerconsole-codes";
    private const string Path = "/account";

    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("TriggerConsole.ShownOnce.v1").ToTimeLimitedDataProtector();

    /// <param name="context">Of the request.</param>
    /// <param name="user">Who may see it.</param>
    /// <param name="lines">What is shown.</param>
    public void Keep(HttpContext context, Guid user, IReadOnlyList<string> lines)
        => context.Response.Cookies.Append(Name, _protector.Protect(JsonSerializer.Serialize(new Kept(user, lines)), s_lifetime),
            new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, IsEssential = true, MaxAge = s_lifetime, Path = Path });

    /// <summary>What was kept for this user, for the last time; null when nothing was.</summary>
    public IReadOnlyList<string>? Take(HttpContext context, Guid user)
    {
        if (context.Request.Cookies[Name] is not { Length: > 0 } cookie) return null;
        context.Response.Cookies.Delete(Name, new() { Path = Path });
        try
        {
            return JsonSerializer.Deserialize<Kept>(_protector.Unprotect(cookie)) is { } kept && kept.User == user ? kept.Lines : null;
        }
        catch (CryptographicException)
        {
            return null; // too old
        }
    }

    private sealed record Kept(Guid User, IReadOnlyList<string> Lines);
}
