using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Brokers;

/// <summary>TLS of one broker, beyond what the machine itself trusts. Certificates and key are PEM.</summary>
public sealed record BrokerTls : ISecretHolder
{
    public const int MaxPemLength = 100_000;
    public const int MostProtocols = 10;

    /// <summary>The authorities to trust instead of the machine's; one or more certificates.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>The certificate to show to the broker.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>The private key of <see cref="ClientCertificate"/>, without a password.</summary>
    [SecretField]
    public string? ClientKey { get; init; }

    /// <summary>The name the broker's certificate is for, when that is not the host of the address; also sent as server name (SNI).</summary>
    public string? ServerName { get; init; }

    /// <summary>Application protocols to offer (ALPN, RFC 7301), for brokers that ask for them.</summary>
    public IReadOnlyList<string> Alpn { get; init; } = [];

    /// <summary>Whether nothing is set.</summary>
    internal bool IsEmpty => string.IsNullOrWhiteSpace(CaCertificates) && string.IsNullOrWhiteSpace(ClientCertificate) && string.IsNullOrWhiteSpace(ClientKey) && string.IsNullOrWhiteSpace(ServerName) && Alpn.Count == 0;

    bool ISecretHolder.Uses(string property) => !string.IsNullOrWhiteSpace(ClientCertificate);

    /// <summary>Reads certificates and key; every fault goes to <paramref name="errors"/>.</summary>
    internal BrokerCertificates Read(FieldErrors errors)
    {
        var certificates = new BrokerCertificates(ReadAuthorities(errors), ReadCertificate(errors));
        if (ServerName is { Length: > 0 } name && (name.Length > 255 || Uri.CheckHostName(name) == UriHostNameType.Unknown)) errors.Add("serverName", "This is no host name. Write, for example, broker.example.");
        if (Alpn.Count > MostProtocols) errors.Add("alpn", $"Name at most {MostProtocols} protocols.");
        for (var i = 0; i < Math.Min(Alpn.Count, MostProtocols); i++)
            if (Alpn[i] is not { Length: > 0 } || Encoding.UTF8.GetByteCount(Alpn[i]) > 255) errors.Add($"alpn[{i}]", "A protocol has a name of 1 to 255 bytes, for example mqtt.");
        return certificates;
    }

    private X509Certificate2Collection? ReadAuthorities(FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(CaCertificates)) return null;
        return ReadCertificates(CaCertificates, errors, "caCertificates", "the certificate of the authority");
    }

    private X509Certificate2? ReadCertificate(FieldErrors errors)
    {
        var hasKey = !string.IsNullOrWhiteSpace(ClientKey);
        if (string.IsNullOrWhiteSpace(ClientCertificate))
        {
            if (hasKey) errors.Add("clientCertificate", "There is a key, but no certificate that it belongs to. Give both, or neither.");
            return null;
        }
        var isCertificate = ReadCertificates(ClientCertificate, errors, "clientCertificate", "the client's certificate") is not null;
        if (!hasKey)
        {
            errors.Add("clientKey", "Give the private key of the client certificate as well, as PEM.");
            return null;
        }
        if (ClientKey!.Length > MaxPemLength)
        {
            errors.Add("clientKey", $"The key is longer than {MaxPemLength:N0} characters.");
            return null;
        }
        if (!isCertificate) return null;
        if (ClientKey.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            errors.Add("clientKey", "This key is protected by a password. Give it without one: it is stored encrypted. openssl pkey -in key.pem -out plain.pem takes the password off.");
            return null;
        }
        try
        {
            return X509Certificate2.CreateFromPem(ClientCertificate, ClientKey);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            errors.Add("clientKey", ClientKey.Contains("-----BEGIN", StringComparison.Ordinal)
                ? "This is not the private key of the client certificate. Its first certificate and the key must belong together."
                : "This is no PEM key. It begins with -----BEGIN PRIVATE KEY-----.");
            return null;
        }
    }

    private static X509Certificate2Collection? ReadCertificates(string pem, FieldErrors errors, string field, string what)
    {
        if (pem.Length > MaxPemLength)
        {
            errors.Add(field, $"This is longer than {MaxPemLength:N0} characters. Give only the certificates that are needed.");
            return null;
        }
        var found = new X509Certificate2Collection();
        try { found.ImportFromPem(pem); }
        catch (CryptographicException)
        {
            errors.Add(field, "There is a certificate here that cannot be read. Copy it again, whole, with its first and last line.");
            return null;
        }
        if (found.Count > 0) return found;
        errors.Add(field, $"There is no certificate here. Give {what} as PEM; it begins with -----BEGIN CERTIFICATE-----.");
        return null;
    }
}

/// <summary>What <see cref="BrokerTls"/> says, read. Null where nothing is set.</summary>
/// <param name="Client">With its private key.</param>
internal sealed record BrokerCertificates(X509Certificate2Collection? Authorities, X509Certificate2? Client);
