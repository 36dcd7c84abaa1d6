using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TriggerConsole.Echo;

/// <summary>
/// A target for trying things out, without another server: shows what it got. The query tells it what to do:
/// <c>status=503</c> answers that, <c>delayMs=2000</c> waits first, <c>fail=2</c> fails twice for each Idempotency-Key and then
/// succeeds, <c>failStatus=500</c> says how it fails.
/// </summary>
internal static class EchoEndpoint
{
    private const int MostDelayMs = 60_000;
    private const int MostBodyBytes = 256 * 1024;
    private const int MostRemembered = 10_000;
    private static readonly ConcurrentDictionary<string, int> s_failures = new();

    public static void MapEcho(this IEndpointRouteBuilder routes) => routes.Map("/echo/{name?}", EchoAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task EchoAsync(HttpContext context, string? name, int? status, int? delayMs, int? fail, int? failStatus, TimeProvider time)
    {
        if (delayMs is > 0) await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(delayMs.Value, MostDelayMs)), time, context.RequestAborted);
        var (body, truncated) = await ReadAsync(context.Request);
        var answer = status is >= 200 and <= 599 ? status.Value : StatusCodes.Status200OK;
        if (fail is > 0 && FailuresSoFar(name, context.Request) <= fail) answer = failStatus is >= 400 and <= 599 ? failStatus.Value : StatusCodes.Status503ServiceUnavailable;
        context.Response.StatusCode = answer;
        if (HttpMethods.IsHead(context.Request.Method) || answer is 204 or 304) return;
        await context.Response.WriteAsJsonAsync(new
        {
            name = name ?? "",
            method = context.Request.Method,
            query = context.Request.QueryString.Value,
            headers = context.Request.Headers.ToDictionary(h => h.Key, h => IsCredential(h.Key) ? "••••••" : h.Value.ToString()),
            body,
            truncated,
            answered = answer,
            at = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        });
    }

    private static int FailuresSoFar(string? name, HttpRequest request)
    {
        if (s_failures.Count > MostRemembered) s_failures.Clear();
        var key = request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } id ? id : $"{request.HttpContext.Connection.RemoteIpAddress}";
        return s_failures.AddOrUpdate($"{name} {key}", 1, (_, count) => count + 1);
    }

    private static async Task<(object? Body, bool Truncated)> ReadAsync(HttpRequest request)
    {
        var buffer = new byte[MostBodyBytes];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        var truncated = length == buffer.Length && await request.Body.ReadAsync(new byte[1], request.HttpContext.RequestAborted) > 0;
        var bytes = buffer.AsMemory(0, length);
        if (length == 0) return (null, false);
        if (!truncated)
        {
            try
            {
                return (JsonSerializer.Deserialize<JsonElement>(bytes.Span), false);
            }
            catch (JsonException)
            {
                // shown as text
            }
        }
        return (Encoding.UTF8.GetString(bytes.Span), truncated);
    }

    private static bool IsCredential(string name)
        => name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) || name.Contains("key", StringComparison.OrdinalIgnoreCase) && !name.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase);
}
