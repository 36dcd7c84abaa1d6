using System.Collections.Concurrent;
using System.Net.Security;
using System.Text;
using TriggerConsole.Core.Egress;

namespace TriggerConsole.Core.Http;

/// <summary>A request that knows how the connection made for it went.</summary>
internal sealed class TracedRequest(HttpMethod method, Uri uri) : HttpRequestMessage(method, uri)
{
    /// <summary>Null when a connection of the pool served it.</summary>
    public ConnectTrace? Connect { get; set; }
}

/// <summary>
/// The one connection pool of all HTTP triggers and token calls. Nothing of HttpClient's comfort: no redirects, cookies, proxy,
/// decompression or time limits of its own; every connection goes through <see cref="EgressConnector"/>.
/// </summary>
internal sealed class HttpConnections : IDisposable
{
    public const int MaxResponseHeaderKilobytes = 64;

    private const int MostAuthorities = 10_000;

    private static readonly TlsPeer s_both = Offering(SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);
    private static readonly TlsPeer s_http11 = Offering(SslApplicationProtocol.Http11);
    private static readonly TlsPeer s_http2 = Offering(SslApplicationProtocol.Http2);

    private readonly EgressConnector _connector;
    private readonly TlsClient _tls;
    private readonly HttpMessageInvoker _invoker;

    // Authorities that chose HTTP/1.1 once. The handler then takes every connection to them for HTTP/1.1 without looking at
    // what TLS agreed on, so HTTP/2 must never be offered to them again.
    private readonly ConcurrentDictionary<(string Host, int Port), bool> _http11Only = new();

    // The connection being made to an authority: what requests that queue behind it are waiting for
    private readonly ConcurrentDictionary<(string Host, int Port), ConnectTrace> _connecting = new();

    public HttpConnections(EgressConnector connector, TlsClient tls)
    {
        (_connector, _tls) = (connector, tls);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            // Spans would carry URLs, and URLs may carry secrets; the record of the attempt says more
            ActivityHeadersPropagator = null,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = EgressConnector.LookupLimit + EgressConnector.ConnectLimit + TlsClient.HandshakeLimit + TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            MaxResponseHeadersLength = MaxResponseHeaderKilobytes,
            MaxResponseDrainSize = 0,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // Other languages' letters in header values go out as UTF-8 (obs-text of RFC 9110, section 5.5)
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        });
    }

    public Task<HttpResponseMessage> SendAsync(TracedRequest request, CancellationToken cancellationToken)
        => _invoker.SendAsync(request, cancellationToken);

    /// <summary>What a request to this address that has not been sent yet is waiting for.</summary>
    public ConnectPhase PhaseOf(Uri uri) => _connecting.TryGetValue((uri.IdnHost, uri.Port), out var trace) ? trace.Phase : ConnectPhase.None;

    public void Dispose() => _invoker.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var request = context.InitialRequestMessage;
        var trace = new ConnectTrace();
        if (request is TracedRequest traced) traced.Connect = trace;
        _connecting[(host, port)] = trace;
        try
        {
            var connection = await _connector.ConnectAsync(host, port, trace, cancellationToken);
            if (!connection.IsConnected) throw new EgressException(connection.Failure);
            if (request.RequestUri!.Scheme != Uri.UriSchemeHttps) return new System.Net.Sockets.NetworkStream(connection.Socket, ownsSocket: true);
            var offered = ProtocolsFor(request, host, port);
            var stream = await _tls.AuthenticateAsync(connection.Socket, host, offered, trace, cancellationToken);
            if (offered != s_http11 && stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2) _http11Only[(host, port)] = true;
            return stream;
        }
        finally { _connecting.TryRemove(new((host, port), trace)); }
    }

    private static TlsPeer Offering(params List<SslApplicationProtocol> protocols) => new() { Protocols = protocols, PlainHint = "whether the address starts with http:// instead of https://" };

    private TlsPeer ProtocolsFor(HttpRequestMessage request, string host, int port)
    {
        if (request.Version.Major < 2) return s_http11;
        if (request.VersionPolicy == HttpVersionPolicy.RequestVersionExact) return s_http2;
        // Full: without a place to note an authority's choice it gets none
        return _http11Only.Count >= MostAuthorities || _http11Only.ContainsKey((host, port)) ? s_http11 : s_both;
    }
}
