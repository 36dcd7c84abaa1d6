using System.Globalization;
using System.Text.Json;
using TriggerConsole.Api;
using TriggerConsole.Browsers;
using TriggerConsole.Core.Limits;

namespace TriggerConsole.Limits;

/// <summary>
/// What is answered beyond a limit: 429 with <c>Retry-After</c> and the fields <c>RateLimit-Policy</c> and <c>RateLimit</c> of
/// draft-ietf-httpapi-ratelimit-headers-10. Bodies are made once: answering must cost less than what is refused.
/// </summary>
internal static class LimitAnswers
{
    public const string PolicyHeader = "RateLimit-Policy";
    public const string LimitHeader = "RateLimit";

    private static readonly byte[][] s_problems = [.. LimitPolicies.All.Select(Problem)];
    private static readonly byte[] s_page = "Too many requests came from your address. Wait a moment, then load the page again."u8.ToArray();
    private static readonly byte[] s_signIn = "Too many sign-ins were tried from your address. Wait a quarter of an hour, then go back and try again."u8.ToArray();
    private static readonly byte[] s_busyPage = "The server has too much to do at this moment. Wait a moment, then load the page again."u8.ToArray();

    private static readonly byte[] s_busy = Bytes("busy", StatusCodes.Status503ServiceUnavailable, "Not available right now",
        "The server has more to do than it can at this moment. Nothing was accepted; send it again when Retry-After says.");

    public static Task RefuseAsync(HttpContext context, LimitPolicy policy, in RateLimit limit, in LimitVerdict verdict)
    {
        SetHeaders(context.Response, policy, limit, verdict);
        context.Response.Headers.RetryAfter = Seconds(verdict.ResetMs);
        return policy is LimitPolicy.Pages or LimitPolicy.Account or LimitPolicy.SignIn && !context.Request.Path.StartsWithSegments("/api")
            ? WriteAsync(context, StatusCodes.Status429TooManyRequests, "text/plain; charset=utf-8", policy == LimitPolicy.Pages ? s_page : s_signIn)
            : WriteAsync(context, StatusCodes.Status429TooManyRequests, "application/problem+json", s_problems[(int)policy]);
    }

    /// <summary>The server has too much to do.</summary>
    public static Task ShedAsync(HttpContext context, LimitPolicy kind)
    {
        context.Response.Headers.RetryAfter = "2";
        return kind is LimitPolicy.Pages or LimitPolicy.Account && !context.Request.Path.StartsWithSegments("/api")
            ? WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "text/plain; charset=utf-8", s_busyPage)
            : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "application/problem+json", s_busy);
    }

    /// <summary>How much is allowed, and how much is left.</summary>
    public static void SetHeaders(HttpResponse response, LimitPolicy policy, in RateLimit limit, in LimitVerdict verdict)
    {
        if (limit.IsNone) return;
        var name = policy.Name();
        response.Headers[PolicyHeader] = Describe(name, limit);
        response.Headers[LimitHeader] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={(verdict.IsAllowed ? verdict.Remaining : 0)};t={(verdict.ResetMs + 999) / 1000}");
    }

    /// <summary><c>"api";q=12000;w=60, "api-burst";q=1000;w=1</c></summary>
    public static string Describe(string name, in RateLimit limit)
    {
        var window = limit.Permits > 0 ? string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={limit.Permits};w={limit.WindowMs / 1000}") : "";
        return limit.Burst == 0 ? window : string.Create(CultureInfo.InvariantCulture, $"{window}{(window.Length > 0 ? ", " : "")}\"{name}{(window.Length > 0 ? "-burst" : "")}\";q={limit.Burst};w=1");
    }

    private static string Seconds(int ms) => Math.Max(1, (ms + 999) / 1000).ToString(CultureInfo.InvariantCulture);

    private static Task WriteAsync(HttpContext context, int status, string contentType, byte[] body)
    {
        var response = context.Response;
        (response.StatusCode, response.ContentType, response.ContentLength) = (status, contentType, body.Length);
        response.Headers.CacheControl = "no-store";
        // This comes before those that every answer gets (SecurityHeaders)
        (response.Headers.XContentTypeOptions, response.Headers.ContentSecurityPolicy) = ("nosniff", SecurityHeaders.DataPolicy);
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.BodyWriter.WriteAsync(body).AsTask();
    }

    private static byte[] Problem(LimitPolicy policy) => Bytes("rate-limited", StatusCodes.Status429TooManyRequests, "Too many requests", policy switch
    {
        LimitPolicy.Ingress => "More events came from this address than are taken from one. Nothing was accepted; send it again when Retry-After says.",
        LimitPolicy.Refusals => "Too many requests from this address showed no valid key. Set the key right, then try again when Retry-After says.",
        LimitPolicy.Key => "This API key was used for more requests than are taken from one. Try again when Retry-After says.",
        LimitPolicy.User => "You have sent more requests than are taken from one user. Try again when Retry-After says.",
        LimitPolicy.Account or LimitPolicy.SignIn => "Too many sign-ins came from this address. Try again when Retry-After says.",
        _ => "More requests came from this address than are taken from one. Try again when Retry-After says.",
    });

    private static byte[] Bytes(string type, int status, string title, string detail)
        => JsonSerializer.SerializeToUtf8Bytes(new { type = ApiProblems.TypeOf(type), title, status, detail });
}
