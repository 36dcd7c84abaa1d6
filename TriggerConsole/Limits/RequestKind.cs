using TriggerConsole.Core.Limits;

namespace TriggerConsole.Limits;

/// <summary>What a request is for, as limits tell them apart; by its path, before routing.</summary>
internal static class RequestKind
{
    public static LimitPolicy Of(HttpRequest request)
    {
        var path = request.Path;
        var text = path.Value.AsSpan();
        if (StartsWith(text, "/api"))
            return StartsWith(text, "/api/trigger") ? LimitPolicy.Ingress
                : StartsWith(text, "/api/auth") ? LimitPolicy.Account
                : StartsWith(text, "/api/health") ? LimitPolicy.Health
                : LimitPolicy.Api;
        if (StartsWith(text, "/account")) return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? LimitPolicy.Pages : LimitPolicy.Account;
        if (StartsWith(text, "/hubs") || StartsWith(text, "/_blazor/negotiate")) return LimitPolicy.Hub;
        if (StartsWith(text, "/echo")) return LimitPolicy.Echo;
        if (StartsWith(text, "/health")) return LimitPolicy.Health;
        if (StartsWith(text, "/metrics")) return LimitPolicy.Metrics;
        return StartsWith(text, "/openapi") ? LimitPolicy.Api : LimitPolicy.Pages;
    }

    /// <summary>Whether it stays open as long as its caller likes, so that it takes no place among requests: live connections.</summary>
    public static bool StaysOpen(HttpRequest request) => StartsWith(request.Path.Value.AsSpan(), "/_blazor") || StartsWith(request.Path.Value.AsSpan(), "/hubs");

    // Whole segments, as routing compares them: /api/triggers is not /api/trigger
    private static bool StartsWith(ReadOnlySpan<char> path, string segments)
        => path.StartsWith(segments, StringComparison.OrdinalIgnoreCase) && (path.Length == segments.Length || path[segments.Length] == '/');
}
