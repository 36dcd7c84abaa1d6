namespace TriggerConsole.Core.Egress;

/// <summary>Why no connection came about. Each protocol maps these to its own codes.</summary>
internal enum EgressFault
{
    /// <summary>No such host, or the name service did not answer.</summary>
    Dns,

    /// <summary>Every address of the host is refused by the egress policy.</summary>
    Blocked,

    /// <summary>The host answered that nobody listens there.</summary>
    Refused,

    /// <summary>No way to the host, or the connection broke while it was being made.</summary>
    Unreachable,

    /// <summary>Too slow: <see cref="EgressFailure.Phase"/> says at what.</summary>
    TimedOut,

    /// <summary>TLS could not be agreed on, or the certificate is not to be trusted.</summary>
    Tls,

    /// <summary>The host name cannot be one.</summary>
    BadHost,
}

/// <summary>How far a connection got.</summary>
internal enum ConnectPhase
{
    None,
    NameLookup,
    Connect,
    Tls,
    Done,
}

/// <param name="Detail">What happened, in a sentence for people.</param>
/// <param name="Phase">Where it happened.</param>
internal sealed record EgressFailure(EgressFault Fault, string Detail, ConnectPhase Phase)
{
    /// <summary>The fault of the certificate or handshake, when <see cref="Fault"/> is <see cref="EgressFault.Tls"/>.</summary>
    public TlsFault? Tls { get; init; }
}

/// <summary>Carries an <see cref="EgressFailure"/> through code that only knows exceptions.</summary>
internal sealed class EgressException(EgressFailure failure) : IOException(failure.Detail)
{
    public EgressFailure Failure { get; } = failure;
}

/// <summary>
/// Watches one connection being made, from outside: phase and times stay readable when the caller gives up in between.
/// Times are milliseconds; null for what did not take place.
/// </summary>
internal sealed class ConnectTrace
{
    public volatile ConnectPhase Phase;

    public double? DnsMilliseconds { get; set; }

    public double? ConnectMilliseconds { get; set; }

    public double? TlsMilliseconds { get; set; }

    /// <summary>All of them together.</summary>
    public double Milliseconds => (DnsMilliseconds ?? 0) + (ConnectMilliseconds ?? 0) + (TlsMilliseconds ?? 0);

    /// <summary>The address connected to, or tried last.</summary>
    public System.Net.IPAddress? Address { get; set; }
}
