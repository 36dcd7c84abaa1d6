using System.Text.Json.Serialization;
using TriggerConsole.Components.Controls.Templates;
using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>TLS of a broker as it is typed.</summary>
public sealed class TlsForm
{
    public string CaCertificates { get; set; } = "";

    public string ClientCertificate { get; set; } = "";

    public SecretText ClientKey { get; set; } = new();

    public string ServerName { get; set; } = "";

    /// <summary>Separated by commas.</summary>
    public string Alpn { get; set; } = "";

    [JsonIgnore]
    public bool IsEmpty => CaCertificates.Length == 0 && ClientCertificate.Length == 0 && ServerName.Length == 0 && Alpn.Length == 0;

    /// <summary>What is set, in a few words; null for nothing.</summary>
    [JsonIgnore]
    public string? InWords
    {
        get
        {
            List<string> parts = [];
            if (CaCertificates.Length > 0) parts.Add("own authority");
            if (ClientCertificate.Length > 0) parts.Add("client certificate");
            if (ServerName.Length > 0) parts.Add("server name");
            if (Alpn.Length > 0) parts.Add("ALPN");
            return parts.Count == 0 ? null : string.Join(", ", parts);
        }
    }

    public static TlsForm Of(BrokerTlsView? tls) => tls is null ? new() : new()
    {
        CaCertificates = tls.CaCertificates ?? "",
        ClientCertificate = tls.ClientCertificate ?? "",
        ClientKey = new() { IsStored = tls.HasClientKey },
        ServerName = tls.ServerName ?? "",
        Alpn = string.Join(", ", tls.Alpn),
    };

    public BrokerTls ToSettings() => new()
    {
        CaCertificates = OrNull(CaCertificates),
        ClientCertificate = OrNull(ClientCertificate),
        // The key of a certificate that is taken away goes with it
        ClientKey = ClientCertificate.Length == 0 && ClientKey.IsKept ? null : ClientKey.ToSettings(),
        ServerName = OrNull(ServerName),
        Alpn = Alpn.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    };

    private static string? OrNull(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
