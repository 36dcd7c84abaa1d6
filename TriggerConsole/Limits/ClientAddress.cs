using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Hosting;

namespace TriggerConsole.Limits;

/// <summary>
/// Puts the caller's true address into the connection, first of all: from here on nobody reads headers of proxies. What a proxy says
/// counts only when it is one of <c>Server:TrustedProxies</c>; then its list is read from the end, and the first address that is no
/// trusted proxy is the caller, whatever stands before it.
/// <para>The framework's middleware is not used: it does not know RFC 7239, splits the whole header however long, and takes the host
/// of a client that goes through a proxy which only sets the address.</para>
/// </summary>
internal sealed partial class ClientAddress(RequestDelegate next, TrustedProxies proxies, IOptions<ServerOptions> options, ILogger<ClientAddress> logger)
{
    private const int MostHops = 32;
    private const int MostHostLength = 255;
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";
    private const string Host = "X-Forwarded-Host";
    private const string Standard = "Forwarded";

    private readonly bool _isStandard = options.Value.ForwardedBy == ForwardedHeader.Forwarded;
    private readonly bool _takesHost = options.Value.TrustForwardedHost;
    private int _hasWarned;

    public Task InvokeAsync(HttpContext context)
    {
        var connection = context.Connection;
        // A socket for both families shows IPv4 callers as ::ffff:203.0.113.7; there is one form for each caller
        if (connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped) connection.RemoteIpAddress = mapped.MapToIPv4();
        var headers = context.Request.Headers;
        if (proxies.Contains(connection.RemoteIpAddress)) Apply(context, _isStandard ? headers[Standard] : headers[For]);
        else if (_hasWarned == 0 && connection.RemoteIpAddress is { } address && headers.ContainsKey(For) && TrustedProxies.IsNear(address)) Warn(address);
        return next(context);
    }

    private void Apply(HttpContext context, StringValues header)
    {
        var (address, hop, hops) = FindCaller(header);
        if (address is null) return;
        (context.Connection.RemoteIpAddress, context.Connection.RemotePort) = (address, 0);
        var (proto, host) = _isStandard ? (hop.Proto, hop.Host) : (NthFromEnd(context.Request.Headers[Proto], hops), _takesHost ? NthFromEnd(context.Request.Headers[Host], hops) : default);
        if (proto.Equals("https", StringComparison.OrdinalIgnoreCase)) context.Request.Scheme = Uri.UriSchemeHttps;
        else if (proto.Equals("http", StringComparison.OrdinalIgnoreCase)) context.Request.Scheme = Uri.UriSchemeHttp;
        if (host.HasValue && IsHost(host.AsSpan())) context.Request.Host = new(host.ToString());
    }

    // Null when even the nearest proxy does not say
    private (IPAddress? Address, ForwardedHop Hop, int Hops) FindCaller(StringValues header)
    {
        var (address, hop, hops) = ((IPAddress?)null, default(ForwardedHop), 0);
        for (var line = header.Count - 1; line >= 0; line--)
        {
            StringSegment rest = header[line];
            while (ForwardedChain.TryTakeLast(ref rest, out var last))
            {
                var said = _isStandard ? ForwardedChain.ReadElement(last) : new ForwardedHop(last, default, default);
                // The proxy hides its caller, or wrote what is none: then all its callers are one
                if (ForwardedChain.ReadAddress(said.For) is not { } caller) return (address, hop, hops);
                (address, hop) = (caller, said);
                if (++hops >= MostHops || !proxies.Contains(caller)) return (address, hop, hops);
            }
        }
        return (address, hop, hops);
    }

    // What the proxy wrote that wrote the address; of fewer entries the first, because not every proxy adds to these
    private static StringSegment NthFromEnd(StringValues header, int n)
    {
        StringSegment found = default;
        for (var line = header.Count - 1; line >= 0; line--)
        {
            StringSegment rest = header[line];
            while (n > 0 && ForwardedChain.TryTakeLast(ref rest, out var last))
            {
                found = last;
                n--;
            }
        }
        return found;
    }

    // Letters, digits, dot, hyphen, and for IPv6 and port brackets and colon: nothing that means anything in a URL
    private static bool IsHost(ReadOnlySpan<char> host)
    {
        if (host.Length is 0 or > MostHostLength) return false;
        foreach (var c in host)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_' or ':' or '[' or ']')) return false;
        return Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var uri) && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0;
    }

    private void Warn(IPAddress address)
    {
        if (Interlocked.Exchange(ref _hasWarned, 1) == 0) LogNotTrusted(address);
    }

    [LoggerMessage(EventIds.ProxyNotTrusted, LogLevel.Warning,
        "Requests come through a proxy at {Address} that is not in Server:TrustedProxies, so all its callers count as one. Name it there if it is yours.")]
    private partial void LogNotTrusted(IPAddress address);
}
