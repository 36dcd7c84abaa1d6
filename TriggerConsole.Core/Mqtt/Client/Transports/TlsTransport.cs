using System.Diagnostics;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TriggerConsole.Core.Mqtt.Client.Transports;

/// <summary>TLS 1.2 or 1.3 over a connected stream. Nothing of MQTT is sent before the certificate was found good.</summary>
internal static class TlsTransport
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The result owns the stream, also when it fails.</summary>
    /// <exception cref="MqttDialException"/>
    /// <exception cref="OperationCanceledException"/>
    public static async ValueTask<Stream> AuthenticateAsync(Stream inner, string host, MqttTlsOptions options, CancellationToken cancellationToken)
    {
        var name = options.ServerName ?? host;
        string? faults = null;
        var stream = new SslStream(inner);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ApplicationProtocols = options.AlpnProtocols.Count == 0 ? null : [.. options.AlpnProtocols.Select(p => new SslApplicationProtocol(p))],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = MakeChainPolicy(options),
                // With its chain, which a server may need to follow it up to the authority it knows
                ClientCertificateContext = options.ClientCertificate is { } own ? SslStreamCertificateContext.Create(own, options.CaCertificates, offline: true) : null,
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    if (errors == SslPolicyErrors.None) return true;
                    var shown = certificate as X509Certificate2;
                    faults = options.ExplainCertificate?.Invoke(name, shown, chain, errors) ?? Explain(name, shown, chain, errors);
                    return false;
                },
            }, cancellationToken);
            options.Authenticated?.Invoke(Stopwatch.GetElapsedTime(started));
            return stream;
        }
        catch (Exception exception)
        {
            await stream.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (faults is not null) throw new MqttDialException(MqttConnectFault.Tls, faults);
            if (exception is not (AuthenticationException or IOException or OperationCanceledException or CryptographicException)) throw;
            throw new MqttDialException(MqttConnectFault.Tls, options.ExplainHandshake?.Invoke(name, exception) ?? Explain(name, exception));
        }
    }

    /// <summary>The other side ended an established TLS connection with a word of its own.</summary>
    public static bool IsAlert(Exception exception)
    {
        // OpenSSL puts its library (20 is SSL) above 23 bits of reason: openssl/sslerr.h. 1000 and more are alerts.
        const int OpenSslLibrary = 20;
        const int FirstAlert = 1000;
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e.HResult >> 23 == OpenSslLibrary && (e.HResult & 0x7F_FFFF) >= FirstAlert) return true;
        }
        return false;
    }

    private static X509ChainPolicy MakeChainPolicy(MqttTlsOptions options)
    {
        var policy = new X509ChainPolicy
        {
            // Both would fetch addresses that the server's certificate names
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (options.CaCertificates is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(options.CaCertificates);
        return policy;
    }

    private static string Explain(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null) return $"{host} showed no certificate.";
        var faults = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) faults.Add("it is for another host");
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid)) faults.Add($"it, or its issuer's, is valid only from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd} to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}");
        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0) faults.Add("no trusted authority vouches for it");
        if (faults.Count == 0) faults.Add($"it cannot serve for this ({status})");
        return $"The certificate of {host} is not to be trusted: {string.Join("; ", faults)}.";
    }

    // Without a cause it comes from SslStream itself, which found no TLS record where one had to be
    private static string Explain(string host, Exception exception) => exception is AuthenticationException { InnerException: null }
        ? $"{host} does not speak TLS on this port."
        : $"{host} broke off the TLS handshake. It may ask for a client certificate, not accept the one it got, not know this host name, or offer no safe version of TLS.";
}
