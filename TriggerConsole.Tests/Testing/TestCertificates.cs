using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TriggerConsole.Tests.Testing;

/// <summary>An authority made for one test, and server certificates of every kind from it.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<IDisposable> _made = [];

    public TestCertificates(string name = "Test authority")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        Authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-3), DateTimeOffset.UtcNow.AddYears(3));
        _made.Add(Authority);
    }

    public X509Certificate2 Authority { get; }

    /// <param name="usage">Extended key usage: of a server, or <c>1.3.6.1.5.5.7.3.2</c> of a client.</param>
    public X509Certificate2 Make(string host = "localhost", DateTimeOffset? from = null, DateTimeOffset? until = null, bool selfSigned = false, string usage = "1.3.6.1.5.5.7.3.1")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var (notBefore, notAfter) = (from ?? DateTimeOffset.UtcNow.AddDays(-1), until ?? DateTimeOffset.UtcNow.AddDays(30));
        X509Certificate2 made;
        if (selfSigned) made = request.CreateSelfSigned(notBefore, notAfter);
        else
        {
            using var signed = request.Create(Authority, notBefore, notAfter, RandomNumberGenerator.GetBytes(8));
            made = signed.CopyWithPrivateKey(key);
        }
        _made.Add(made);
        return made;
    }

    public void Dispose()
    {
        foreach (var made in _made) made.Dispose();
        _key.Dispose();
    }
}
