using TriggerConsole.Core.Egress;

namespace TriggerConsole.Core.Http;

/// <summary>What people read when a call failed: what happened, and what can be done.</summary>
internal static class HttpSentences
{
    /// <param name="status">"404 Not Found".</param>
    /// <param name="location">Where a redirect leads.</param>
    public static string ForStatus(int code, string status, string method, string successStatus, string? location) => code switch
    {
        >= 200 and <= 299 => $"The target answered {status}, which is not among this trigger's success codes ({successStatus}).",
        301 or 302 or 303 or 307 or 308 when location is not null => $"The target redirects ({status}) to {location}. Turn on Follow redirects, or call {location} directly.",
        >= 300 and <= 399 => $"The target answered {status}, which leads nowhere.",
        401 => $"The target refused the sign-in ({status}). Check the trigger's credentials.",
        403 => $"The target refused the call ({status}). Check the credentials and what they may do.",
        404 => $"The target does not know this address ({status}). Check the URL.",
        405 => $"The target does not take {method} at this address ({status}). Check method and URL.",
        407 => $"A proxy before the target wants a sign-in ({status}).",
        408 => $"The target waited too long for the request ({status}).",
        410 => $"What was at this address is gone for good ({status}). Change the URL, or switch the trigger off.",
        413 => $"The body is too large for the target ({status}).",
        415 => $"The target does not take this content type ({status}). Check the body's format.",
        425 => $"The target asks for the call to be made again later ({status}).",
        429 => $"The target asks for fewer calls ({status}).",
        >= 400 and <= 499 => $"The target did not accept the call ({status}). Its answer may say why.",
        501 or 505 => $"The target cannot do this ({status}).",
        502 or 503 or 504 => $"The target is not available right now ({status}).",
        >= 500 and <= 599 => $"The target failed while handling the call ({status}).",
        _ => $"The target answered {status}, which is not among this trigger's success codes ({successStatus}).",
    };

    public static string ForTimeout(TimeSpan limit, HttpPhase phase) => $"The call did not finish within {limit.TotalSeconds:0.###} s; it was still {InWords(phase)}.";

    public static HttpPhase Of(ConnectPhase phase) => phase switch
    {
        ConnectPhase.NameLookup => HttpPhase.Dns,
        ConnectPhase.Connect => HttpPhase.Connect,
        ConnectPhase.Tls => HttpPhase.Tls,
        _ => HttpPhase.Wait,
    };

    private static string InWords(HttpPhase phase) => phase switch
    {
        HttpPhase.Token => "waiting for an OAuth token",
        HttpPhase.Dns => "looking up the host name",
        HttpPhase.Connect => "connecting",
        HttpPhase.Tls => "agreeing on TLS",
        HttpPhase.Send => "sending the body",
        HttpPhase.Read => "reading the answer",
        _ => "waiting for the answer",
    };
}

/// <summary>Where an attempt is. The names are in records: <see cref="RecordedHttpResponse.Phase"/>.</summary>
internal enum HttpPhase
{
    Token,
    Dns,
    Connect,
    Tls,
    Send,
    Wait,
    Read,
}
