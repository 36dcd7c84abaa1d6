using System.Net;
using Microsoft.Extensions.Primitives;

namespace TriggerConsole.Limits;

/// <summary>One hop as a proxy wrote it down.</summary>
/// <param name="For">Who called the proxy; empty when it does not say.</param>
/// <param name="Proto">Over <c>http</c> or <c>https</c>.</param>
/// <param name="Host">Under which name.</param>
internal readonly record struct ForwardedHop(StringSegment For, StringSegment Proto, StringSegment Host);

/// <summary>
/// Reads a header of proxies from its end, where the nearest one has written. Nothing is split or copied: of ten thousand entries only
/// the last few are looked at.
/// </summary>
internal static class ForwardedChain
{
    /// <summary>The text after the last comma that is not in quotes, and what is left of it. False when nothing is left.</summary>
    public static bool TryTakeLast(ref StringSegment rest, out StringSegment last)
    {
        last = default;
        if (!rest.HasValue) return false;
        var isQuoted = false;
        for (var i = rest.Length - 1; i >= 0; i--)
        {
            // A quote that a backslash stands before belongs to the text
            if (rest[i] == '"' && (i == 0 || rest[i - 1] != '\\')) isQuoted = !isQuoted;
            if (rest[i] != ',' || isQuoted) continue;
            (last, rest) = (rest.Subsegment(i + 1).Trim(), rest.Subsegment(0, i));
            return true;
        }
        (last, rest) = (rest.Trim(), default);
        return true;
    }

    /// <summary>An element of <c>Forwarded</c>: <c>for="[2001:db8::1]:4711";proto=https;host=example.com</c> (RFC 7239 section 4).</summary>
    public static ForwardedHop ReadElement(StringSegment element)
    {
        StringSegment by = default, proto = default, host = default;
        foreach (var pair in new StringTokenizer(element, [';']))
        {
            var equals = pair.IndexOf('=');
            if (equals < 0) continue;
            var (name, value) = (pair.Subsegment(0, equals).Trim(), Unquote(pair.Subsegment(equals + 1).Trim()));
            if (name.Equals("for", StringComparison.OrdinalIgnoreCase)) by = value;
            else if (name.Equals("proto", StringComparison.OrdinalIgnoreCase)) proto = value;
            else if (name.Equals("host", StringComparison.OrdinalIgnoreCase)) host = value;
        }
        return new(by, proto, host);
    }

    /// <summary>An address with or without port, IPv6 in brackets or bare: <c>203.0.113.7:1234</c>, <c>[2001:db8::1]:4711</c>. Names, <c>unknown</c> and <c>_hidden</c> are none.</summary>
    public static IPAddress? ReadAddress(StringSegment node)
    {
        const int longest = 64;
        if (!node.HasValue || node.Length is 0 or > longest) return null;
        var text = node.AsSpan();
        if (text[0] == '[')
        {
            var end = text.IndexOf(']');
            if (end < 0 || end + 1 < text.Length && !IsPort(text[(end + 1)..])) return null;
            text = text[1..end];
            if (!text.Contains(':')) return null;
        }
        else if (text.IndexOf(':') is var colon and >= 0 && text.LastIndexOf(':') == colon)
        {
            if (!IsPort(text[colon..])) return null;
            text = text[..colon];
        }
        // "1" would be 0.0.0.1; an address with a zone is of a link, which nobody else sees
        if (text.Contains('%') || !text.Contains(':') && text.Count('.') != 3) return null;
        if (!IPAddress.TryParse(text, out var address)) return null;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    // A colon and digits, or what hides them (RFC 7239 section 6.3)
    private static bool IsPort(ReadOnlySpan<char> text)
        => text.Length is > 1 and <= 32 && text[0] == ':' && (text[1] == '_' || text[1..].IndexOfAnyExceptInRange('0', '9') < 0);

    private static StringSegment Unquote(StringSegment value)
        => value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value.Subsegment(1, value.Length - 2) : value;
}
