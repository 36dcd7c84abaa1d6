using System.Text.Json.Serialization;
using TriggerConsole.Components.Pages.Triggers.Forms;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Amqp;

/// <summary>What someone has typed into the form of an AMQP broker.</summary>
public sealed class AmqpBrokerFormState : BrokerFormState
{
    private static readonly (string Field, string? Fold)[] s_fields =
        [("name", null), ("url", null), ("username", null), ("password", null), .. TlsFields, ("heartbeatSeconds", ConnectionFold), ("connectionName", ConnectionFold)];

    private static readonly AmqpBrokerSettings s_usual = new();

    public AmqpBrokerFormState() : base("amqp") => MarkSaved();

    /// <summary>As people write it, with slashes; <c>/</c> or nothing for the default one.</summary>
    public string VirtualHost { get; set; } = AmqpAddress.DefaultVirtualHost;

    public string Heartbeat { get; set; } = DurationText.Of(s_usual.HeartbeatSeconds);

    public string ConnectionName { get; set; } = "";

    [JsonIgnore]
    public override bool IsEncrypted => Scheme == "amqps";

    protected override string UrlPath => VirtualHost is "" or AmqpAddress.DefaultVirtualHost ? "" : "/" + Uri.EscapeDataString(VirtualHost);

    protected override IReadOnlyList<(string Field, string? Fold)> Fields => s_fields;

    public static AmqpBrokerFormState Of(AmqpBrokerView broker)
    {
        var state = new AmqpBrokerFormState
        {
            Name = broker.Name,
            // A guest without a password of his own is what an empty form means
            Username = broker.Username == AmqpBrokerSettings.DefaultUser && !broker.HasPassword ? "" : broker.Username,
            Password = new() { IsStored = broker.HasPassword },
            Tls = TlsForm.Of(broker.Tls),
            Heartbeat = DurationText.Of(broker.HeartbeatSeconds),
            ConnectionName = broker.ConnectionName,
            Enabled = broker.Enabled,
            Version = broker.Version,
        };
        state.SetAddress(broker.Url);
        state.MarkSaved();
        return state;
    }

    /// <summary>Null when something cannot even be read; then <see cref="Controls.FormState.Errors"/> says what.</summary>
    public AmqpBrokerInput? ToInput()
    {
        var errors = new FieldErrors();
        var heartbeat = DurationText.TryParse(Heartbeat, out var wrong);
        if (heartbeat is null) errors.Add("heartbeatSeconds", wrong!);
        Refuse(errors.All);
        if (errors.Any) return null;
        return new()
        {
            Name = Name,
            Enabled = Version is null ? Enabled : null,
            Url = Url,
            Username = Username.Trim(),
            Password = Password.ToSettings(),
            Tls = IsEncrypted ? Tls.ToSettings() : null,
            // What is too large is answered by the command, in its words
            HeartbeatSeconds = (int)Math.Min(Math.Round(heartbeat!.Value), int.MaxValue),
            ConnectionName = ConnectionName.Trim(),
            Version = Version,
        };
    }

    /// <summary>What of <see cref="BrokerFormState.ConnectionFold"/> is not as usual, in a few words; null for nothing.</summary>
    public string? ConnectionInWords()
    {
        List<string> parts = [];
        if (Heartbeat != DurationText.Of(s_usual.HeartbeatSeconds)) parts.Add($"heartbeat {Heartbeat}");
        if (ConnectionName.Length > 0) parts.Add($"name {(ConnectionName.Length > 20 ? ConnectionName[..20] + "…" : ConnectionName)}");
        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    protected override string? SchemeOf(string scheme) => AmqpBrokerWords.Ways.Any(w => w.Scheme == scheme) ? scheme : null;

    protected override void SetPath(string path)
    {
        var end = path.AsSpan().IndexOfAny('?', '#');
        var name = Uri.UnescapeDataString((end < 0 ? path : path[..end]).TrimStart('/'));
        VirtualHost = name.Length == 0 ? AmqpAddress.DefaultVirtualHost : name;
    }

    protected override string TakeCredentials(string url)
    {
        var (rest, username, password) = AmqpAddress.SplitCredentials(url);
        if (username is not null) Username = username;
        if (password is not null) (Password.Text, Password.IsReplaced) = (password, true);
        return rest;
    }
}
