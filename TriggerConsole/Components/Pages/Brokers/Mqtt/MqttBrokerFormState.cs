using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Controls.Templates;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>What someone has typed into the form of an MQTT broker.</summary>
internal sealed class MqttBrokerFormState
{
    private const string Never = "never";

    /// <summary>Fields in the order of the form, as the API names them, and the parts of it that are folded.</summary>
    private static readonly (string Field, string? Fold)[] s_fields =
    [
        ("name", null), ("url", null), ("username", null), ("password", null),
        ("tls", TlsFold), ("tls.caCertificates", TlsFold), ("tls.clientCertificate", TlsFold), ("tls.clientKey", TlsFold), ("tls.serverName", TlsFold), ("tls.alpn", TlsFold),
        ("clientId", ConnectionFold), ("protocolVersion", ConnectionFold), ("keepAliveSeconds", ConnectionFold), ("sessionExpirySeconds", ConnectionFold), ("cleanStart", ConnectionFold),
        ("lastWill.topic", MessagesFold), ("lastWill.payload", MessagesFold), ("birthMessage.topic", MessagesFold), ("birthMessage.payload", MessagesFold), ("closeMessage.topic", MessagesFold), ("closeMessage.payload", MessagesFold),
    ];

    private static readonly MqttBrokerSettings s_usual = new();

    private string _saved;

    public MqttBrokerFormState() => _saved = Snapshot();

    public const string TlsFold = "tls";
    public const string ConnectionFold = "connection";
    public const string MessagesFold = "messages";

    public string Name { get; set; } = "";

    /// <summary><c>mqtt</c>, <c>mqtts</c>, <c>ws</c> or <c>wss</c>.</summary>
    public string Scheme { get; set; } = "mqtt";

    public string Host { get; set; } = "";

    /// <summary>Empty: the usual one.</summary>
    public string Port { get; set; } = "";

    /// <summary>Of a web socket; empty: <c>/mqtt</c>.</summary>
    public string Path { get; set; } = "";

    public string Username { get; set; } = "";

    public SecretText Password { get; set; } = new();

    public TlsForm Tls { get; set; } = new();

    public string ClientId { get; set; } = "";

    public MqttProtocolVersion ProtocolVersion { get; set; } = s_usual.ProtocolVersion;

    public string KeepAlive { get; set; } = DurationText.Of(s_usual.KeepAliveSeconds);

    /// <summary>A time, or <c>never</c>.</summary>
    public string SessionExpiry { get; set; } = DurationText.Of(s_usual.SessionExpirySeconds);

    public bool CleanStart { get; set; } = s_usual.CleanStart;

    public MqttMessageForm LastWill { get; set; } = new();

    public MqttMessageForm Birth { get; set; } = new();

    public MqttMessageForm Close { get; set; } = new();

    /// <summary>Of a new broker; a saved one has a switch of its own.</summary>
    [JsonIgnore]
    public bool Enabled { get; set; } = true;

    /// <summary>The version that is edited; null for a new one.</summary>
    [JsonIgnore]
    public int? Version { get; private set; }

    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Errors { get; private set; } = new Dictionary<string, string>();

    [JsonIgnore]
    public bool IsDirty => Snapshot() != _saved;

    [JsonIgnore]
    public bool IsEncrypted => Scheme is "mqtts" or "wss";

    [JsonIgnore]
    public bool IsWebSocket => Scheme is "ws" or "wss";

    /// <summary>The address as one text; empty without a host.</summary>
    [JsonIgnore]
    public string Url
    {
        get
        {
            if (Host.Length == 0) return "";
            var host = Host.Contains(':') && !Host.StartsWith('[') ? $"[{Host}]" : Host;
            return $"{Scheme}://{host}{(Port.Length == 0 ? "" : ":" + Port)}{(IsWebSocket && Path.Length > 0 ? (Path[0] == '/' ? "" : "/") + Path : "")}";
        }
    }

    /// <summary>The first field with a fault, in the order of the form, as the id of its element.</summary>
    [JsonIgnore]
    public string? FirstError => Array.Find(s_fields, f => Errors.ContainsKey(f.Field)).Field is { } first ? IdOf(first) : null;

    public static MqttBrokerFormState Of(MqttBrokerView broker)
    {
        var state = new MqttBrokerFormState
        {
            Name = broker.Name,
            Username = broker.Username ?? "",
            Password = new() { IsStored = broker.HasPassword },
            Tls = TlsForm.Of(broker.Tls),
            ClientId = broker.ClientId,
            ProtocolVersion = broker.ProtocolVersion,
            KeepAlive = DurationText.Of(broker.KeepAliveSeconds),
            SessionExpiry = broker.SessionExpirySeconds == MqttBrokerSettings.NeverExpires ? Never : DurationText.Of(broker.SessionExpirySeconds),
            CleanStart = broker.CleanStart,
            LastWill = MqttMessageForm.Of(broker.LastWill),
            Birth = MqttMessageForm.Of(broker.BirthMessage),
            Close = MqttMessageForm.Of(broker.CloseMessage),
            Enabled = broker.Enabled,
            Version = broker.Version,
        };
        state.SetAddress(broker.Url);
        state._saved = state.Snapshot();
        return state;
    }

    /// <summary>Takes over a host, or a whole address that was pasted into its place.</summary>
    public void SetAddress(string text)
    {
        var rest = text.Trim();
        var end = rest.IndexOf("://", StringComparison.Ordinal);
        if (end >= 0)
        {
            // Others write the same ways otherwise; an unknown one stays as it is, to be told of
            var scheme = rest[..end].ToLowerInvariant() switch { "tcp" => "mqtt", "ssl" or "tls" => "mqtts", var other => other };
            if (MqttBrokerWords.Ways.All(w => w.Scheme != scheme))
            {
                Host = rest;
                return;
            }
            (Scheme, rest, Port, Path) = (scheme, rest[(end + 3)..], "", "");
        }
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0) (rest, Path) = (rest[..slash], rest[slash..]);
        var colon = rest.LastIndexOf(':');
        // Several colons without brackets are an IPv6 address
        if (colon > rest.LastIndexOf(']') && rest.IndexOf(':', StringComparison.Ordinal) == colon || colon > 0 && rest[colon - 1] == ']') (rest, Port) = (rest[..colon], rest[(colon + 1)..]);
        Host = rest;
        if (Path == "/") Path = "";
    }

    /// <summary>The broker was switched on or off beside the form: its other fields go on from there.</summary>
    public void Switched(MqttBrokerView broker) => (Version, Enabled) = (broker.Version, broker.Enabled);

    /// <summary>Null when something cannot even be read; then <see cref="Errors"/> says what.</summary>
    public MqttBrokerInput? ToInput()
    {
        var errors = new FieldErrors();
        var keepAlive = DurationText.TryParse(KeepAlive, out var wrong);
        if (keepAlive is null) errors.Add("keepAliveSeconds", wrong!);
        var isForEver = SessionExpiry.Trim().Equals(Never, StringComparison.OrdinalIgnoreCase);
        var expiry = isForEver ? MqttBrokerSettings.NeverExpires : DurationText.TryParse(SessionExpiry, out _);
        if (expiry is null) errors.Add("sessionExpirySeconds", "Write a time, for example 5 min or 1 d, or never.");
        Refuse(errors.All);
        if (errors.Any) return null;
        return new()
        {
            Name = Name,
            Enabled = Version is null ? Enabled : null,
            Url = Url,
            ProtocolVersion = ProtocolVersion,
            Username = Username,
            Password = Password.ToSettings(),
            ClientId = ClientId.Trim(),
            CleanStart = CleanStart,
            // What is too large is answered by the command, in its words
            KeepAliveSeconds = (int)Math.Min(Math.Round(keepAlive!.Value), int.MaxValue),
            SessionExpirySeconds = (long)Math.Min(Math.Round(expiry!.Value), long.MaxValue / 2),
            Tls = IsEncrypted ? Tls.ToSettings() : null,
            LastWill = LastWill.ToMessage(),
            BirthMessage = Birth.ToMessage(),
            CloseMessage = Close.ToMessage(),
            Version = Version,
        };
    }

    /// <summary>Takes over what was found wrong; one sentence for each field.</summary>
    public void Refuse(IReadOnlyList<FieldError> errors)
        => Errors = errors.GroupBy(e => e.Field.Split('[')[0]).ToDictionary(g => g.Key, g => g.First().Message);

    /// <summary>What is typed is saved: nothing is lost by leaving.</summary>
    public void MarkSaved() => _saved = Snapshot();

    public string? ErrorOf(string field) => Errors.GetValueOrDefault(field);

    /// <summary>Whether a fault waits behind a folded part.</summary>
    public bool HasErrorIn(string fold) => s_fields.Any(f => f.Fold == fold && Errors.ContainsKey(f.Field));

    /// <summary>What of <see cref="ConnectionFold"/> is not as usual, in a few words; null for nothing.</summary>
    public string? ConnectionInWords()
    {
        List<string> parts = [];
        if (ClientId.Length > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"client id {(ClientId.Length > 20 ? ClientId[..20] + "…" : ClientId)}"));
        if (ProtocolVersion != MqttProtocolVersion.Auto) parts.Add(MqttBrokerWords.Protocol(null, ProtocolVersion));
        if (KeepAlive != DurationText.Of(s_usual.KeepAliveSeconds)) parts.Add($"keep-alive {KeepAlive}");
        if (SessionExpiry != DurationText.Of(s_usual.SessionExpirySeconds) || CleanStart != s_usual.CleanStart) parts.Add("session");
        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    /// <summary>Which messages go with the connection; null for none.</summary>
    public string? MessagesInWords()
    {
        List<string> parts = [];
        if (LastWill.On) parts.Add("last will");
        if (Birth.On) parts.Add("birth");
        if (Close.On) parts.Add("close");
        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    /// <summary>The id of a field's element.</summary>
    public static string IdOf(string field) => field.Replace('.', '-');

    // Holds the password that was typed: it stays in memory
    private string Snapshot() => JsonSerializer.Serialize(this);
}
