using System.Net.Http.Headers;

namespace TriggerConsole.Core.Http;

/// <summary><c>Retry-After</c>: seconds or a date (RFC 9110, section 10.2.3).</summary>
internal static class RetryAfterHeader
{
    /// <summary>Never negative; null when the header is missing or makes no sense.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (!headers.NonValidated.TryGetValues("Retry-After", out var values)) return null;
        foreach (var value in values)
        {
            if (!RetryConditionHeaderValue.TryParse(value, out var parsed)) continue;
            var wait = parsed.Delta ?? parsed.Date - now;
            return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
        }
        return null;
    }
}
