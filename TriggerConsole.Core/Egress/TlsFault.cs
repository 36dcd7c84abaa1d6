using System.Security.Authentication;

namespace TriggerConsole.Core.Egress;

/// <summary>What is wrong with a server's TLS.</summary>
internal enum TlsFault
{
    /// <summary>The certificate's time is over.</summary>
    Expired,

    /// <summary>The certificate's time has not begun.</summary>
    NotYetValid,

    /// <summary>The certificate is for other host names.</summary>
    WrongHost,

    /// <summary>The server vouches for itself.</summary>
    SelfSigned,

    /// <summary>Nobody this machine trusts vouches for the certificate, or the server left out a certificate in between.</summary>
    UnknownIssuer,

    Revoked,

    /// <summary>The certificate cannot serve for this: wrong purpose, weak or broken signature.</summary>
    BadCertificate,

    /// <summary>The server knows only versions older than TLS 1.2.</summary>
    OldProtocol,

    /// <summary>What answers does not speak TLS.</summary>
    NotTls,

    /// <summary>The server speaks none of the application protocols offered (ALPN, RFC 7301).</summary>
    NoCommonProtocol,

    /// <summary>The server broke the handshake off, or both found nothing in common.</summary>
    Handshake,
}

/// <summary>Reads the reason out of the exceptions that a handshake ends with: by type and number, never by text.</summary>
internal static class TlsFaults
{
    // OpenSSL puts its library (20 is SSL) above 23 bits of reason: openssl/sslerr.h
    private const int OpenSslLibrary = 20;

    /// <summary>What happened, in a sentence for people.</summary>
    /// <param name="plainHint">What to look at when the other side does not speak TLS at all.</param>
    /// <param name="showsCertificate">Whether a client certificate was at hand to be shown.</param>
    public static string Explain(string host, Exception exception, string plainHint, bool showsCertificate = false) => Of(exception) switch
    {
        TlsFault.OldProtocol => $"{host} offers only versions of TLS that are no longer safe. It must offer TLS 1.2 or 1.3.",
        TlsFault.NotTls => $"{host} does not speak TLS on this port. Check the port, or {plainHint}.",
        TlsFault.NoCommonProtocol => $"{host} speaks none of the protocols asked for.",
        _ when showsCertificate => $"{host} broke off the TLS handshake. It may not accept our client certificate, not know this host name, or share no cipher with us.",
        _ => $"{host} broke off the TLS handshake. It may ask for a client certificate, not know this host name, or share no cipher with us.",
    };

    public static TlsFault Of(Exception exception)
    {
        // Without a cause it comes from SslStream itself, which found no TLS record where one had to be. (The other case, a refused
        // certificate, is known before one looks here.)
        if (exception is AuthenticationException { InnerException: null }) return TlsFault.NotTls;
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e.HResult >> 23 != OpenSslLibrary) continue;
            switch (e.HResult & 0x7F_FFFF)
            {
                case 258: // unsupported protocol
                case 266: // wrong SSL version
                case 1070: // alert: protocol version
                    return TlsFault.OldProtocol;
                case 235: // no application protocol
                case 1120: // alert: no application protocol
                    return TlsFault.NoCommonProtocol;
                case 267: // wrong version number: not even a TLS record
                case 156: // http request
                case 155: // https proxy request
                case 244: // unexpected message
                case 278: // packet length too long (a record header that is none)
                    return TlsFault.NotTls;
            }
        }
        return TlsFault.Handshake;
    }
}
