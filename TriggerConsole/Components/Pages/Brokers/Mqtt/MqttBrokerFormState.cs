using System.Globalization;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>What someone has typed into the form of an MQTT broker.</summary>
public sealed class MqttBrokerFormState : BrokerFormState
{
    public const string MessagesFold = "messages";

    private const string Never = "never";

    private static readonly (string Field, string? Fold)[] s_fields =
    [
        ("name", null), ("url", null), ("username", null), ("password", null), .. TlsFields,
        ("clientId", ConnectionFold), ("protocolVersion", ConnectionFold), ("keepAliveSeconds", ConnectionFold), ("sessionExpirySeconds", ConnectionFold), ("cleanStart", ConnectionFold),
        ("lastWill.topic", MessagesFold), ("lastWill.payload", MessagesFold), ("birthMessage.topic", MessagesFold), ("birthMessage.payload", MessagesFold), ("closeMessage.topic", MessagesFold), ("closeMessage.payload", MessagesFold),
    ];

    private static readonly MqttBrokerSettings s_usual = new();

    public MqttBrokerFormState() : base("mqtt") => MarkSaved();

    /// <summary>Of a web socket; empty: <c>/mqtt</c>.</summary>
    public string Path { get; set; } = "";

    public string ClientId { get; set; } = "";

    public MqttProtocolVersion ProtocolVersion { get; set; } = s_usual.ProtocolVersion;

    public string KeepAlive { get; set; } = DurationText.Of(s_usual.KeepAliveSeconds);

    /// <summary>A time, or <c>never</c>.</summary>
    public string SessionExpiry { get; set; } = DurationText.Of(s_usual.SessionExpirySeconds);

    public bool CleanStart { get; set; } = s_usual.CleanStart;

    public MqttMessageForm LastWill { get; set; } = new();

    public MqttMessageForm Birth { get; set; } = new();

    public MqttMessageForm Close { get; set; } = new();

    [JsonIgnore]
    public override bool IsEncrypted => Scheme is "mqtts" or "wss";

    [JsonIgnore]
    public bool IsWebSocket => Scheme is "ws" or "wss";

    protected override string UrlPath => IsWebSocket && Path.Length > 0 ? (Path[0] == '/' ? "" : "/") + Path : "";

    protected override IReadOnlyList<(string Field, string? Fold)> Fields => s_fields;

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
        state.MarkSaved();
        return state;
    }

    /// <summary>Null when something cannot even be read; then <see cref="Controls.FormState.Errors"/> says what.</summary>
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

    /// <summary>What of <see cref="BrokerFormState.ConnectionFold"/> is not as usual, in a few words; null for nothing.</summary>
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

    // Others write the same ways otherwise
    protected override string? SchemeOf(string scheme)
    {
        var known = scheme switch { "tcp" => "mqtt", "ssl" or "tls" => "mqtts", var other => other };
        return MqttBrokerWords.Ways.Any(w => w.Scheme == known) ? known : null;
    }

    protected override void SetPath(string path) => Path = path == "/" ? "" : path;
}
