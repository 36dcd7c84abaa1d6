namespace TriggerConsole.Core.Brokers;

/// <summary>TLS of a broker as people see it: certificates are public, the key is not.</summary>
public sealed record BrokerTlsView
{
    public string? CaCertificates { get; init; }

    public string? ClientCertificate { get; init; }

    /// <summary>Always null: it can be written and never read.</summary>
    public string? ClientKey { get; init; }

    public required bool HasClientKey { get; init; }

    public string? ServerName { get; init; }

    public required IReadOnlyList<string> Alpn { get; init; }

    internal static BrokerTlsView Of(BrokerTls tls) => new()
    {
        CaCertificates = tls.CaCertificates,
        ClientCertificate = tls.ClientCertificate,
        HasClientKey = !string.IsNullOrWhiteSpace(tls.ClientKey),
        ServerName = tls.ServerName,
        Alpn = tls.Alpn,
    };
}
