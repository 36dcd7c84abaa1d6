using System.Text.Json.Serialization;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Controls.Templates;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>What someone has typed into the form of a broker: what all protocols ask for.</summary>
/// <param name="scheme">The way to connect of a new one.</param>
public abstract class BrokerFormState(string scheme) : FormState
{
    public const string TlsFold = "tls";
    public const string ConnectionFold = "connection";

    /// <summary>Fields of <see cref="TlsFold"/>, as the API names them, in the order of the form.</summary>
    protected static IReadOnlyList<(string Field, string? Fold)> TlsFields { get; } =
        [("tls", TlsFold), ("tls.caCertificates", TlsFold), ("tls.clientCertificate", TlsFold), ("tls.clientKey", TlsFold), ("tls.serverName", TlsFold), ("tls.alpn", TlsFold)];

    public string Name { get; set; } = "";

    /// <summary>The way to connect, as addresses begin: <c>mqtts</c>, <c>amqp</c>.</summary>
    public string Scheme { get; set; } = scheme;

    public string Host { get; set; } = "";

    /// <summary>Empty: the usual one.</summary>
    public string Port { get; set; } = "";

    public string Username { get; set; } = "";

    public SecretText Password { get; set; } = new();

    public TlsForm Tls { get; set; } = new();

    /// <summary>Of a new broker; a saved one has a switch of its own.</summary>
    [JsonIgnore]
    public bool Enabled { get; set; } = true;

    [JsonIgnore]
    public abstract bool IsEncrypted { get; }

    /// <summary>The address as one text; empty without a host.</summary>
    [JsonIgnore]
    public string Url => Host.Length == 0 ? "" : $"{Scheme}://{(Host.Contains(':') && !Host.StartsWith('[') ? $"[{Host}]" : Host)}{(Port.Length == 0 ? "" : ":" + Port)}{UrlPath}";

    /// <summary>What stands in the address behind host and port; empty for nothing.</summary>
    protected abstract string UrlPath { get; }

    /// <summary>Takes over a host, or a whole address that was pasted into its place.</summary>
    public void SetAddress(string text)
    {
        var rest = text.Trim();
        var end = rest.IndexOf("://", StringComparison.Ordinal);
        if (end >= 0)
        {
            if (SchemeOf(rest[..end].ToLowerInvariant()) is not { } scheme)
            {
                Host = rest; // stays as it is, to be told of
                return;
            }
            rest = TakeCredentials(rest)[(end + 3)..];
            (Scheme, Port) = (scheme, "");
            SetPath("");
        }
        else rest = TakeCredentials($"{Scheme}://{rest}")[(Scheme.Length + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            SetPath(rest[slash..]);
            rest = rest[..slash];
        }
        var colon = rest.LastIndexOf(':');
        // Several colons without brackets are an IPv6 address
        if (colon > rest.LastIndexOf(']') && rest.IndexOf(':', StringComparison.Ordinal) == colon || colon > 0 && rest[colon - 1] == ']') (rest, Port) = (rest[..colon], rest[(colon + 1)..]);
        Host = rest;
    }

    /// <summary>The broker was switched on or off beside the form: its other fields go on from there.</summary>
    public void Switched(int version, bool enabled) => (Version, Enabled) = (version, enabled);

    /// <summary>The way to connect by its name in a pasted address, where others may write it otherwise; null for an unknown one.</summary>
    protected abstract string? SchemeOf(string scheme);

    /// <summary>Takes over what stood behind host and port, from its slash; empty for nothing.</summary>
    protected abstract void SetPath(string path);

    /// <summary>Takes user name and password out of a pasted address, where the protocol has them there.</summary>
    protected virtual string TakeCredentials(string url) => url;
}
