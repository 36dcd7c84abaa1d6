using System.Buffers;
using System.Collections.Frozen;

namespace TriggerConsole.Core.Http;

/// <summary>Which headers a user may set, and which of them carry credentials.</summary>
internal static class HttpHeaderRules
{
    // token of RFC 9110, section 5.6.2
    private static readonly SearchValues<char> s_token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // .NET keeps these with the body and takes them nowhere else
    private static readonly FrozenSet<string> s_content = FrozenSet.ToFrozenSet(
        ["Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-MD5", "Content-Range", "Content-Type", "Expires", "Last-Modified"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> s_credentials = FrozenSet.ToFrozenSet(
        ["Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "Api-Key", "ApiKey", "X-Auth-Token", "X-Access-Token", "X-Callback-Token", "X-Amz-Security-Token", "X-Goog-Api-Key", "Ocp-Apim-Subscription-Key", "X-Functions-Key"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> s_forbidden = new Dictionary<string, string>
    {
        ["Host"] = "It follows from the URL.",
        ["Content-Length"] = "It follows from the body.",
        ["Transfer-Encoding"] = "How the body is framed is decided when it is sent.",
        ["Connection"] = "Connections are managed for all triggers together.",
        ["Keep-Alive"] = "Connections are managed for all triggers together.",
        ["Proxy-Connection"] = "Connections are managed for all triggers together.",
        ["TE"] = "It concerns the connection, not the call.",
        ["Trailer"] = "Trailers are not sent.",
        ["Upgrade"] = "A call cannot change the protocol.",
        ["HTTP2-Settings"] = "A call cannot change the protocol.",
        ["Expect"] = "The body is sent at once.",
        [LoopGuard.Header] = "It counts how often an event has passed through TriggerConsole.",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static bool IsToken(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(s_token);

    /// <summary>Why this header cannot be set; null when it can.</summary>
    public static string? WhyForbidden(string name) => s_forbidden.GetValueOrDefault(name);

    public static bool IsContentHeader(string name) => s_content.Contains(name);

    /// <summary>Its value signs somebody in: masked in records, and not taken along to another host.</summary>
    public static bool IsCredential(string name) => s_credentials.Contains(name);

    /// <summary>Whether a value can be sent as it is: no control characters but tab (RFC 9110, section 5.5).</summary>
    public static bool IsValue(string value)
    {
        foreach (var c in value)
            if ((c < ' ' && c != '\t') || c == 0x7F) return false;
        return true;
    }
}
