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
        Socket socket, string host, List<SslApplicationProtocol>? protocols, ConnectTrace trace, CancellationToken cancellationToken)
    {
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
                TargetHost = host,
                ApplicationProtocols = protocols,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = MakeChainPolicy(),
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    faults = CertificateFaults.Find(host, certificate as X509Certificate2, chain, errors, time.GetUtcNow());
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
                AuthenticationException or IOException => new EgressException(new(EgressFault.Tls, TlsFaults.Explain(host, exception, "whether the address starts with http:// instead of https://"), ConnectPhase.Tls) { Tls = TlsFaults.Of(exception) }),
                _ => exception,
            };
        }
    }

    private X509ChainPolicy MakeChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            // Both would fetch addresses that the server's certificate names, past the egress policy
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (trust.Authorities is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(trust.Authorities);
        return policy;
    }
}
