using System.Globalization;
using System.Net.Sockets;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;

namespace TriggerConsole.Core.Http;

/// <summary>
/// The closed list of what an HTTP attempt can come to.
/// <list type="table">
/// <item><term><c>http_200</c> …</term><description>The target answered with this status. A success when the trigger's success range says so; else the kind follows <see cref="KindOf"/>.</description></item>
/// <item><term><c>dns</c></term><description>Unavailable: the host name was not found.</description></item>
/// <item><term><c>connect_refused</c></term><description>Unavailable: nothing listens on the port.</description></item>
/// <item><term><c>connect_failed</c></term><description>Unavailable: no way to the host.</description></item>
/// <item><term><c>tls</c></term><description>Unavailable: the handshake failed or the certificate is not to be trusted; the detail says why.</description></item>
/// <item><term><c>timeout</c></term><description>Timeout: the attempt's limit passed; the detail says in which phase.</description></item>
/// <item><term><c>reset</c></term><description>Transient: the connection broke before the answer was complete.</description></item>
/// <item><term><c>bad_answer</c></term><description>Transient: what came back is not valid HTTP.</description></item>
/// <item><term><c>http_version</c></term><description>Configuration: the trigger demands HTTP/2 and the target does not speak it.</description></item>
/// <item><term><c>too_large</c></term><description>Permanent: body or headers of the answer are over their limit.</description></item>
/// <item><term><c>redirect_loop</c></term><description>Permanent: more than ten redirects, or back to where it has been.</description></item>
/// <item><term><c>blocked_by_egress_policy</c></term><description>Configuration: the address may not be called.</description></item>
/// <item><term><c>bad_url</c></term><description>Configuration: what the templates made of the address is no URL.</description></item>
/// <item><term><c>template_…</c></term><description>Configuration: see <see cref="Templates.TemplateException"/>; <c>template_invalid</c> when what a template names has been deleted since the trigger was saved.</description></item>
/// <item><term><c>secret_not_for_host</c></term><description>Configuration: a named secret may not be sent to this host.</description></item>
/// <item><term><c>oauth_refused</c></term><description>Authentication or Configuration: the token endpoint said no.</description></item>
/// <item><term><c>oauth_…</c></term><description>The call to the token endpoint failed with the code that follows (<c>oauth_dns</c>, <c>oauth_http_503</c>, <c>oauth_bad_answer</c>); the kind is that code's.</description></item>
/// <item><term><c>internal</c></term><description>Permanent: a fault of TriggerConsole's own, to be found in its log.</description></item>
/// </list>
/// </summary>
internal static class HttpFailures
{
    public const string Dns = "dns";
    public const string ConnectRefused = "connect_refused";
    public const string ConnectFailed = "connect_failed";
    public const string Tls = "tls";
    public const string TimedOut = "timeout";
    public const string Reset = "reset";
    public const string BadAnswer = "bad_answer";
    public const string Version = "http_version";
    public const string TooLarge = "too_large";
    public const string RedirectLoop = "redirect_loop";
    public const string Blocked = "blocked_by_egress_policy";
    public const string BadUrl = "bad_url";
    public const string OAuthRefused = "oauth_refused";
    public const string OAuthPrefix = "oauth_";
    public const string TemplateInvalid = "template_invalid";
    public const string Internal = "internal";

    // The codes of frequent statuses, made once
    private static readonly string[] s_statusCodes = [.. Enumerable.Range(0, 600).Select(s => "http_" + s.ToString(CultureInfo.InvariantCulture))];

    public static string CodeOf(int status)
        => (uint)status < (uint)s_statusCodes.Length ? s_statusCodes[status] : "http_" + status.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a status outside the success range means for a retry (RFC 9110, section 15; RFC 6585; RFC 8470).</summary>
    public static FailureKind KindOf(int status) => status switch
    {
        401 or 403 or 407 => FailureKind.Authentication,
        408 => FailureKind.Timeout,
        425 => FailureKind.Transient,
        429 => FailureKind.RateLimited,
        501 or 505 => FailureKind.Permanent,
        502 or 503 or 504 => FailureKind.Unavailable,
        >= 500 and <= 599 => FailureKind.Transient,
        _ => FailureKind.Permanent,
    };

    public static AttemptFailure Unforeseen { get; } = new(FailureKind.Permanent, Internal, "The call could not be made because of a fault in TriggerConsole. Its log says more.");

    public static AttemptFailure BadUrlFrom(string detail) => new(FailureKind.Configuration, BadUrl, detail);

    public static AttemptFailure From(EgressFailure failure) => failure.Fault switch
    {
        EgressFault.Dns => new(FailureKind.Unavailable, Dns, failure.Detail),
        EgressFault.Refused => new(FailureKind.Unavailable, ConnectRefused, failure.Detail),
        EgressFault.Tls when failure.Tls == TlsFault.NoCommonProtocol => FromError(HttpRequestError.VersionNegotiationError)!,
        EgressFault.Tls => new(FailureKind.Unavailable, Tls, failure.Detail),
        EgressFault.TimedOut => new(FailureKind.Timeout, TimedOut, failure.Detail),
        EgressFault.Blocked => new(FailureKind.Configuration, Blocked, failure.Detail),
        EgressFault.BadHost => BadUrlFrom(failure.Detail),
        _ => new(FailureKind.Unavailable, ConnectFailed, failure.Detail),
    };

    /// <summary>
    /// What an exception from sending or reading says: by its type, <see cref="HttpRequestError"/> and <see cref="SocketError"/>,
    /// never by its text. Null for what none of these can mean: a fault of our own.
    /// </summary>
    public static AttemptFailure? From(Exception exception)
    {
        SocketException? socket = null;
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is EgressException egress) return From(egress.Failure);
            if (e is SocketException found) socket = found;
        }
        switch (exception)
        {
            case HttpRequestException request when FromError(request.HttpRequestError) is { } failure: return failure;
            case HttpIOException io when FromError(io.HttpRequestError) is { } failure: return failure;
            // ConnectTimeout of the handler: the connector's own limits should have come first
            case OperationCanceledException or TimeoutException: return new(FailureKind.Timeout, TimedOut, "The connection was not made in time.");
            case UriFormatException or NotSupportedException: return BadUrlFrom("The address is no URL that can be called. Check host and scheme.");
            case HttpRequestException or IOException: return FromSocket(socket?.SocketErrorCode);
            default: return null;
        }
    }

    private static AttemptFailure? FromError(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => new(FailureKind.Unavailable, Dns, "The host name was not found."),
        HttpRequestError.ConnectionError => new(FailureKind.Unavailable, ConnectFailed, "The connection could not be made."),
        HttpRequestError.SecureConnectionError => new(FailureKind.Unavailable, Tls, "TLS could not be agreed on."),
        HttpRequestError.ResponseEnded => new(FailureKind.Transient, Reset, "The target closed the connection before its answer was complete."),
        HttpRequestError.InvalidResponse => new(FailureKind.Transient, BadAnswer, "What the target sent back is not a valid HTTP answer. Check that the address and port are those of a web server."),
        HttpRequestError.HttpProtocolError => new(FailureKind.Transient, BadAnswer, "The target broke the rules of HTTP/2 or gave the call up. If this goes on, choose HTTP version 1.1."),
        HttpRequestError.VersionNegotiationError => new(FailureKind.Configuration, Version, "The target does not speak HTTP/2. Choose HTTP version auto."),
        HttpRequestError.ConfigurationLimitExceeded => new(FailureKind.Permanent, TooLarge, $"The headers of the answer are larger than {HttpConnections.MaxResponseHeaderKilobytes} KB."),
        _ => null,
    };

    private static AttemptFailure FromSocket(SocketError? error) => error switch
    {
        null => FromError(HttpRequestError.InvalidResponse)!, // not the connection's fault: what came over it could not be read
        SocketError.TimedOut => new(FailureKind.Timeout, TimedOut, "The connection to the target went dead."),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown => new(FailureKind.Unavailable, ConnectFailed, "The way to the target broke down."),
        _ => new(FailureKind.Transient, Reset, "The target reset the connection before its answer was complete."),
    };
}
