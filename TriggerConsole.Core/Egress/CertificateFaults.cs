using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace TriggerConsole.Core.Egress;

/// <summary>Every fault of one server certificate, the weightiest first, and what to say about it.</summary>
internal sealed class CertificateFaults
{
    private CertificateFaults(TlsFault first, string detail) => (First, Detail) = (first, detail);

    public TlsFault First { get; }

    public string Detail { get; }

    /// <summary>Null when the certificate is good.</summary>
    /// <param name="hasOwnAuthorities">Other authorities than the machine's were asked.</param>
    public static CertificateFaults? Find(string host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, DateTimeOffset now, bool hasOwnAuthorities = false)
    {
        if (errors == SslPolicyErrors.None) return null;
        if (certificate is null) return new(TlsFault.BadCertificate, $"{host} showed no certificate.");
        var faults = new List<(TlsFault Fault, string Words)>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)) AddChainFaults(faults, certificate, chain, now, hasOwnAuthorities ? "none of the CA certificates given here vouches" : "nobody this machine trusts vouches");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) faults.Add((TlsFault.WrongHost, "it is for another host: " + NamesOf(certificate)));
        if (faults.Count == 0) faults.Add((TlsFault.BadCertificate, "it was refused"));
        return new(faults[0].Fault, $"The certificate of {host} is not to be trusted: {string.Join("; ", faults.Select(f => f.Words))}.");
    }

    private static void AddChainFaults(List<(TlsFault, string)> faults, X509Certificate2 certificate, X509Chain? chain, DateTimeOffset now, string nobodyVouches)
    {
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.PartialChain;
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid)) faults.Add(TimeFault(certificate, chain!, now));
        if (status.HasFlag(X509ChainStatusFlags.Revoked)) faults.Add((TlsFault.Revoked, "it was revoked"));
        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            faults.Add(certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
                ? (TlsFault.SelfSigned, "it is self-signed")
                : (TlsFault.UnknownIssuer, $"{nobodyVouches} for its issuer, {Shorten(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true))}, or the server leaves out an intermediate certificate"));
        }
        const X509ChainStatusFlags Known = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.Revoked | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        if ((status & ~Known) != 0) faults.Add((TlsFault.BadCertificate, $"it cannot serve for this ({status & ~Known})"));
    }

    private static (TlsFault, string) TimeFault(X509Certificate2 certificate, X509Chain chain, DateTimeOffset now)
    {
        // The chain runs from the server's certificate up; the first one out of its time is the one to name
        var late = chain.ChainElements.Select(e => e.Certificate).FirstOrDefault(c => now > c.NotAfter.ToUniversalTime() || now < c.NotBefore.ToUniversalTime()) ?? certificate;
        var whose = ReferenceEquals(late, certificate) || late.Thumbprint == certificate.Thumbprint ? "it" : $"its issuer's certificate ({Shorten(late.GetNameInfo(X509NameType.SimpleName, forIssuer: false))})";
        return now < late.NotBefore.ToUniversalTime()
            ? (TlsFault.NotYetValid, $"{whose} is not valid before {late.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC")
            : (TlsFault.Expired, $"{whose} expired on {late.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString())))
            .Take(5).Select(Shorten).ToList();
        return names.Count > 0 ? string.Join(", ", names) : Shorten(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
    }

    // The other side chose these words
    private static string Shorten(string name)
    {
        var clean = new string([.. name.Where(c => !char.IsControl(c))]);
        return clean.Length <= 100 ? clean : clean[..100] + "…";
    }
}
