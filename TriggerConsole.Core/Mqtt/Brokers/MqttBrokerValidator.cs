using System.Text;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt.Brokers;

internal sealed class MqttBrokerValidator(EgressConnector connector) : IBrokerValidator<MqttBrokerSettings>
{
    public const int MaxUsernameLength = 1000;
    public const int MaxPasswordLength = 16_384;
    public const int MaxClientIdLength = 256;

    private static readonly TimeSpan s_lookupLimit = TimeSpan.FromSeconds(3);

    public async Task<MqttBrokerSettings> CheckAsync(MqttBrokerSettings settings, MqttBrokerSettings? before, FieldErrors errors, CancellationToken cancellationToken)
    {
        var address = MqttAddress.Parse(settings.Url, errors, "url");
        if (before is not null)
        {
            var stays = address is not null && address.DestinationBy(settings.Tls) == MqttAddress.Parse(before.Url, new(), "")?.DestinationBy(before.Tls);
            settings = SecretFields.KeepFor(settings, before, stays || address is null, errors);
        }
        if (settings.Password is { Length: 0 }) settings = settings with { Password = null };
        CheckSignIn(settings, errors);
        CheckSession(settings, errors);
        CheckMessage(settings.LastWill, errors.Under("lastWill"));
        CheckMessage(settings.BirthMessage, errors.Under("birthMessage"));
        CheckMessage(settings.CloseMessage, errors.Under("closeMessage"));
        if (settings.Tls is { } tls)
        {
            if (address is not null && !address.IsEncrypted() && !tls.IsEmpty) errors.Add("tls", $"An address with {address.Scheme}:// is not encrypted. Use {(address.IsWebSocket() ? "wss" : "mqtts")}://, or leave the TLS settings out.");
            tls.Read(errors.Under("tls"));
        }
        if (address is not null && await connector.CheckAsync(address.Host, address.Port, s_lookupLimit, cancellationToken) is { } refused) errors.Add("url", refused.Detail);
        return settings;
    }

    private static void CheckSignIn(MqttBrokerSettings settings, FieldErrors errors)
    {
        if (settings.Username is { } user && MqttTexts.WhyNotText(user, MaxUsernameLength) is { } why) errors.Add("username", why);
        if (settings.Password is not { } password) return;
        if (password.Length > MaxPasswordLength) errors.Add("password", $"Use at most {MaxPasswordLength:N0} characters.");
        if (SecretFields.IsPlaceholder(password)) errors.Add("password", "Enter the password itself: a broker keeps it encrypted, and fills in no placeholders.");
        if (string.IsNullOrEmpty(settings.Username) && settings.ProtocolVersion != MqttProtocolVersion.V5)
            errors.Add("username", "MQTT 3.1.1 knows no password without a user name. Give one, or choose protocol version 5.0.");
    }

    private static void CheckSession(MqttBrokerSettings settings, FieldErrors errors)
    {
        if (MqttTexts.WhyNotText(settings.ClientId, MaxClientIdLength) is { } why) errors.Add("clientId", why);
        if (!settings.CleanStart && settings.ClientId.Length == 0) errors.Add("clientId", "To go on with an earlier session the client needs an id of its own. Give one, or set cleanStart to true.");
        if (settings.KeepAliveSeconds is < 0 or > ushort.MaxValue) errors.Add("keepAliveSeconds", "Give a time from 0 (off) to 65,535 seconds.");
        if (settings.SessionExpirySeconds is < 0 or > MqttBrokerSettings.NeverExpires) errors.Add("sessionExpirySeconds", "Give a time from 0 to 4,294,967,295 seconds; the latter means never.");
    }

    private static void CheckMessage(MqttBrokerMessage? message, FieldErrors errors)
    {
        if (message is null) return;
        if (MqttTexts.WhyNotTopic(message.Topic) is { } why) errors.Add("topic", why);
        if (Encoding.UTF8.GetByteCount(message.Payload) > MqttBrokerMessage.MaxPayloadBytes) errors.Add("payload", $"Use at most {MqttBrokerMessage.MaxPayloadBytes:N0} bytes.");
        if (message.Qos is < 0 or > 2) errors.Add("qos", "Choose 0, 1 or 2.");
    }
}
