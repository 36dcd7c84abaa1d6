using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Controls.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>What someone has typed into the form of a broker: what all protocols ask for, and how it stands with the form.</summary>
/// <param name="scheme">The way to connect of a new one.</param>
public abstract class BrokerFormState(string scheme)
{
    public const string TlsFold = "tls";
    public const string ConnectionFold = "connection";

    /// <summary>Fields of <see cref="TlsFold"/>, as the API names them, in the order of the form.</summary>
    protected static IReadOnlyList<(string Field, string? Fold)> TlsFields { get; } =
        [("tls", TlsFold), ("tls.caCertificates", TlsFold), ("tls.clientCertificate", TlsFold), ("tls.clientKey", TlsFold), ("tls.serverName", TlsFold), ("tls.alpn", TlsFold)];

    private readonly HashSet<string> _opened = [];
    private string _saved = "";

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

    /// <summary>The version that is edited; null for a new one.</summary>
    [JsonIgnore]
    public int? Version { get; protected set; }

    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Errors { get; private set; } = new Dictionary<string, string>();

    [JsonIgnore]
    public bool IsDirty => Snapshot() != _saved;

    [JsonIgnore]
    public abstract bool IsEncrypted { get; }

    /// <summary>The address as one text; empty without a host.</summary>
    [JsonIgnore]
    public string Url => Host.Length == 0 ? "" : $"{Scheme}://{(Host.Contains(':') && !Host.StartsWith('[') ? $"[{Host}]" : Host)}{(Port.Length == 0 ? "" : ":" + Port)}{UrlPath}";

    /// <summary>What stands in the address behind host and port; empty for nothing.</summary>
    protected abstract string UrlPath { get; }

    /// <summary>Fields in the order of the form, as the API names them, and the parts of it that are folded.</summary>
    protected abstract IReadOnlyList<(string Field, string? Fold)> Fields { get; }

    /// <summary>The first field with a fault, in the order of the form, as the id of its element.</summary>
    [JsonIgnore]
    public string? FirstError => Fields.FirstOrDefault(f => Errors.ContainsKey(f.Field)).Field is { } first ? IdOf(first) : null;

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

    /// <summary>Takes over what was found wrong; one sentence for each field.</summary>
    public void Refuse(IReadOnlyList<FieldError> errors)
    {
        Errors = errors.GroupBy(e => e.Field.Split('[')[0]).ToDictionary(g => g.Key, g => g.First().Message);
        foreach (var (field, fold) in Fields)
            if (fold is not null && Errors.ContainsKey(field)) _opened.Add(fold);
    }

    /// <summary>The faults as a refusal, for what could not even be read.</summary>
    public Refusal AsRefusal() => new Refusal.Invalid([.. Errors.Select(e => new FieldError(e.Key, e.Value))]);

    /// <summary>What is typed is saved: nothing is lost by leaving.</summary>
    public void MarkSaved() => _saved = Snapshot();

    public string? ErrorOf(string field) => Errors.GetValueOrDefault(field);

    /// <summary>For <c>aria-invalid</c>.</summary>
    public string? Invalid(string field) => Errors.ContainsKey(field) ? "true" : null;

    /// <summary>Whether a fault waits, or has waited, behind a folded part: it stays open for the one who mends it.</summary>
    public bool IsOpen(string fold) => _opened.Contains(fold);

    /// <summary>The id of a field's element.</summary>
    public static string IdOf(string field) => field.Replace('.', '-');

    /// <summary>The way to connect by its name in a pasted address, where others may write it otherwise; null for an unknown one.</summary>
    protected abstract string? SchemeOf(string scheme);

    /// <summary>Takes over what stood behind host and port, from its slash; empty for nothing.</summary>
    protected abstract void SetPath(string path);

    /// <summary>Takes user name and password out of a pasted address, where the protocol has them there.</summary>
    protected virtual string TakeCredentials(string url) => url;

    // Holds the password that was typed: it stays in memory
    private string Snapshot() => JsonSerializer.Serialize(this, GetType());
}
