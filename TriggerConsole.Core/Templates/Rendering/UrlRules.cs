using System.Buffers;
using System.Text;

namespace TriggerConsole.Core.Templates.Rendering;

/// <summary>What an address must keep to whatever its values are.</summary>
internal static class UrlRules
{
    // RFC 3986 allows none of these anywhere; a fragment is never sent, and clients read a backslash as a slash
    private static readonly SearchValues<byte> s_forbidden = SearchValues.Create([.. Enumerable.Range(0, 0x21).Select(b => (byte)b), .. "\"#<>\\^`{|}"u8, 0x7F]);

    /// <summary>Checks a value of the operator that begins the address or is part of its authority, and fits it to what follows.</summary>
    public static ReadOnlySpan<byte> CheckBase(ReadOnlySpan<byte> value, Placeholder placeholder, Insertion insertion)
    {
        if (!IsFitForBase(value, insertion)) throw new TemplateException(TemplateException.BadUrl, UnfitForBase(placeholder));
        return insertion == Insertion.UrlBaseBeforeSlash ? value.TrimEnd((byte)'/') : value;
    }

    public static bool IsFitForBase(ReadOnlySpan<byte> value, Insertion insertion) => !value.ContainsAny(s_forbidden) && insertion switch
    {
        Insertion.UrlWhole => true,
        Insertion.UrlAuthority => !value.ContainsAny((byte)'/', (byte)'?'),
        _ => !value.Contains((byte)'?'),
    };

    public static string UnfitForBase(Placeholder placeholder)
        => $"The value that the server has for {placeholder.Text} holds a character that cannot stand there in an address. Whoever runs the server can correct it.";

    /// <summary>Checks a rendered address.</summary>
    /// <param name="hasBase">A part of scheme, user name, host and port was no literal: look whether it is an address at all.</param>
    public static void Check(ReadOnlySpan<byte> url, bool hasBase)
    {
        if (url.Length > TemplateLimits.MaxUrlBytes)
            throw new TemplateException(TemplateException.TooLong, $"The address is longer than {TemplateLimits.MaxUrlBytes / 1024} KB. Send large values in the body.");
        if (hasBase && OriginOf(Encoding.UTF8.GetString(url)) is null)
            throw new TemplateException(TemplateException.BadUrl, "With the value that the server has for its environment variable, the address does not begin with http:// or https:// and a host. Whoever runs the server can correct it.");
        if (HasDotSegment(url))
            throw new TemplateException(TemplateException.BadPath, "A part of the path between two slashes became . or .., which would lead to another address. Look at the values that the event gives to it.");
    }

    /// <summary>Scheme, host and port as <c>https://crm.example:443</c>; null for what is no absolute http or https URL.</summary>
    public static string? OriginOf(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || !IsHttp(uri.Scheme)) return null;
        try
        {
            var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
            return host.Length == 0 ? null : $"{uri.Scheme}://{host}:{uri.Port}";
        }
        catch (UriFormatException)
        {
            // Some hosts are found impossible only when they are made ASCII
            return null;
        }
    }

    public static bool IsHttp(ReadOnlySpan<char> scheme)
        => scheme.Equals("http", StringComparison.OrdinalIgnoreCase) || scheme.Equals("https", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether clients take a path segment as "here" or "one up" (RFC 3986, section 5.2.4), also when its dots are encoded.</summary>
    public static bool IsDotSegment(ReadOnlySpan<byte> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            if (segment[0] == '.') segment = segment[1..];
            else if (segment.StartsWith("%2e"u8) || segment.StartsWith("%2E"u8)) segment = segment[3..];
            else return false;
            dots++;
        }
        return dots is 1 or 2;
    }

    private static bool HasDotSegment(ReadOnlySpan<byte> url)
    {
        var path = url[(url.IndexOf("://"u8) + 3)..];
        if (path.IndexOf((byte)'?') is >= 0 and var query) path = path[..query];
        while (path.IndexOf((byte)'/') is >= 0 and var slash)
        {
            path = path[(slash + 1)..];
            var end = path.IndexOf((byte)'/');
            if (IsDotSegment(end < 0 ? path : path[..end])) return true;
        }
        return false;
    }
}
