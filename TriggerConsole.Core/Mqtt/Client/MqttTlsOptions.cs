using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>TLS 1.2 or 1.3, with the server's certificate always verified.</summary>
public sealed record MqttTlsOptions
{
    /// <summary>Authorities trusted instead of the machine's.</summary>
    public X509Certificate2Collection? CaCertificates { get; init; }

    /// <summary>With its private key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>For ports that serve several protocols, such as "mqtt".</summary>
    public IReadOnlyList<string> AlpnProtocols { get; init; } = [];

    /// <summary>The name that is asked for (SNI) and that the certificate must bear; null is the endpoint's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Told how long the handshake took, when it came about.</summary>
    public Action<TimeSpan>? Authenticated { get; init; }

    /// <summary>Puts the faults of a certificate into a sentence. Null: a short one of the client's own.</summary>
    public Func<string, X509Certificate2?, X509Chain?, SslPolicyErrors, string?>? ExplainCertificate { get; init; }

    /// <summary>Puts a handshake that broke off into a sentence. Null: a short one of the client's own.</summary>
    public Func<string, Exception, string?>? ExplainHandshake { get; init; }
}
