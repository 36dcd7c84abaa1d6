using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TriggerConsole.Core.Egress;

/// <summary>Whose word counts for a server's certificate: the machine's trust store. Tests bring their own authority.</summary>
internal sealed class TlsTrust
{
    /// <summary>Authorities trusted instead of the machine's; null in the product.</summary>
    public X509Certificate2Collection? Authorities { get; init; }
}

/// <summary>What one target wants of TLS besides what is the same for all.</summary>
internal sealed record TlsPeer
{
    /// <summary>The name that is asked for (SNI) and that the certificate must bear; null is the host.</summary>
    public string? ServerName { get; init; }

    /// <summary>To offer (ALPN).</summary>
    public List<SslApplicationProtocol>? Protocols { get; init; }

    /// <summary>Trusted instead of the machine's; null for those.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>To show, with its private key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>What to check when the other side speaks no TLS: part of a sentence.</summary>
    public required string PlainHint { get; init; }
}

/// <summary>
/// The client's side of TLS on a connected socket: TLS 1.2 or 1.3, the certificate verified for its host, and the exact reason
/// when it is not to be trusted. Nothing of the application's is sent before that.
/// </summary>
internal sealed class TlsClient(TlsTrust trust, TimeProvider time)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Limit for one handshake.</summary>
    internal static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(15);

    /// <summary>The stream owns the socket, also when it fails.</summary>
    /// <exception cref="EgressException">TLS did not come about.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> asked for it.</exception>
    public async Task<SslStream> AuthenticateAsync(
        Socket socket, string host, TlsPeer peer, ConnectTrace trace, CancellationToken cancellationToken)
    {
        var name = peer.ServerName ?? host;
        trace.Phase = ConnectPhase.Tls;
        var started = time.GetTimestamp();
        CertificateFaults? faults = null;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        using var limited = new CancellationTokenSource(HandshakeLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limited.Token);
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ApplicationProtocols = peer.Protocols is { Count: > 0 } protocols ? protocols : null,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = MakeChainPolicy(peer.Authorities ?? trust.Authorities),
                // With its chain, which a server may need to follow it up to the authority it knows
                ClientCertificateContext = peer.ClientCertificate is { } own ? SslStreamCertificateContext.Create(own, peer.Authorities, offline: true) : null,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    faults = CertificateFaults.Find(name, certificate as X509Certificate2, chain, errors, time.GetUtcNow(), peer.Authorities is not null);
                    return faults is null;
                },
            }, linked.Token);
            trace.TlsMilliseconds = time.GetElapsedTime(started).TotalMilliseconds;
            trace.Phase = ConnectPhase.Done;
            return stream;
        }
        catch (Exception exception)
        {
            trace.TlsMilliseconds = time.GetElapsedTime(started).TotalMilliseconds;
            await stream.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (faults is not null) throw new EgressException(new(EgressFault.Tls, faults.Detail, ConnectPhase.Tls) { Tls = faults.First });
            throw exception switch
            {
                OperationCanceledException => new EgressException(new(EgressFault.TimedOut, $"{host} did not finish the TLS handshake within {HandshakeLimit.TotalSeconds:0} s.", ConnectPhase.Tls)),
                AuthenticationException or IOException => new EgressException(new(EgressFault.Tls, TlsFaults.Explain(host, exception, peer.PlainHint, peer.ClientCertificate is not null), ConnectPhase.Tls) { Tls = TlsFaults.Of(exception) }),
                _ => exception,
            };
        }
    }

    private static X509ChainPolicy MakeChainPolicy(X509Certificate2Collection? authorities)
    {
        var policy = new X509ChainPolicy
        {
            // Both would fetch addresses that the server's certificate names, past the egress policy
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (authorities is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
