namespace TriggerConsole.Core.Http;

/// <summary>Where a redirect leads and how (RFC 9110, section 15.4).</summary>
/// <param name="KeepsMethod">307 and 308 repeat the call as it was; the others turn it into a GET without a body.</param>
/// <param name="SameOrigin">Scheme, host and port stay: credentials may go along.</param>
internal sealed record HttpRedirect(Uri Uri, bool KeepsMethod, bool SameOrigin);

internal static class HttpRedirects
{
    public const int Most = 10;

    public static bool IsRedirect(int status) => status is 301 or 302 or 303 or 307 or 308;

    /// <summary>Null, and why in a sentence, when it cannot be followed.</summary>
    public static HttpRedirect? Follow(int status, Uri from, string? location, out string why)
    {
        why = "";
        if (string.IsNullOrEmpty(location)) { why = "The target redirects, but does not say where to."; return null; }
        Uri to;
        try
        {
            to = new Uri(from, location);
            _ = to.IdnHost; // odd hosts throw only here
        }
        catch (UriFormatException) { why = "The target redirects to something that is no address."; return null; }
        if (to.Scheme != Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttp) { why = $"The target redirects to {to.Scheme}:, and only http and https are called."; return null; }
        if (from.Scheme == Uri.UriSchemeHttps && to.Scheme == Uri.UriSchemeHttp) { why = "The target redirects from https to http, where anybody could read along. That is not followed."; return null; }
        if (to.UserInfo.Length > 0) { why = "The target redirects to an address with a user name in it. That is not followed."; return null; }
        return new(to, status is 307 or 308, IsSameOrigin(from, to));
    }

    public static bool IsSameOrigin(Uri a, Uri b)
        => a.Port == b.Port && a.Scheme == b.Scheme && string.Equals(a.IdnHost, b.IdnHost, StringComparison.OrdinalIgnoreCase);
}
