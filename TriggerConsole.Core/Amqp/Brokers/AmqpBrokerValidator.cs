using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Brokers;

internal sealed class AmqpBrokerValidator(EgressConnector connector) : IBrokerValidator<AmqpBrokerSettings>
{
    public const int MaxUsernameLength = 255;
    public const int MaxPasswordLength = 16_384;
    public const int MaxConnectionNameLength = 200;
    public const int ShortestHeartbeatSeconds = 5;
    public const int LongestHeartbeatSeconds = 600;

    private static readonly TimeSpan s_lookupLimit = TimeSpan.FromSeconds(3);

    public async Task<AmqpBrokerSettings> CheckAsync(AmqpBrokerSettings settings, AmqpBrokerSettings? before, FieldErrors errors, CancellationToken cancellationToken)
    {
        var address = AmqpAddress.Parse(settings.Url, errors, "url");
        if (before is not null)
        {
            var stays = address is not null && address.DestinationBy(settings.Tls) == AmqpAddress.Parse(before.Url, new(), "")?.DestinationBy(before.Tls);
            settings = SecretFields.KeepFor(settings, before, stays || address is null, errors);
        }
        if (settings.Password is { Length: 0 }) settings = settings with { Password = null };
        if (settings.Username.Length > MaxUsernameLength || settings.Username.Any(char.IsControl)) errors.Add("username", $"Give a user name of at most {MaxUsernameLength} characters, without line breaks or other control characters.");
        if (settings.Password is { } password)
        {
            if (password.Length > MaxPasswordLength) errors.Add("password", $"Use at most {MaxPasswordLength:N0} characters.");
            if (password.Contains('\0')) errors.Add("password", "A password for AMQP cannot hold the character NUL.");
            if (SecretFields.IsPlaceholder(password)) errors.Add("password", "Enter the password itself: a broker keeps it encrypted, and fills in no placeholders.");
        }
        if (settings.HeartbeatSeconds is < ShortestHeartbeatSeconds or > LongestHeartbeatSeconds) errors.Add("heartbeatSeconds", $"Give a time from {ShortestHeartbeatSeconds} to {LongestHeartbeatSeconds} seconds.");
        if (settings.ConnectionName.Length > MaxConnectionNameLength || settings.ConnectionName.Any(char.IsControl)) errors.Add("connectionName", $"Give a name of at most {MaxConnectionNameLength} characters, without control characters.");
        if (settings.Tls is { } tls)
        {
            if (address is not null && !address.IsEncrypted() && !tls.IsEmpty) errors.Add("tls", "An address with amqp:// is not encrypted. Use amqps://, or leave the TLS settings out.");
            tls.Read(errors.Under("tls"));
        }
        if (address is not null && await connector.CheckAsync(address.Host, address.Port, s_lookupLimit, cancellationToken) is { } refused) errors.Add("url", refused.Detail);
        return settings;
    }
}
