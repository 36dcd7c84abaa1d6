using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>A broker as connections and triggers use it. Immutable; a change makes a new one.</summary>
internal sealed class RuntimeMqttBroker
{
    private const string KeyPrefix = "mqtt:";

    public RuntimeMqttBroker(Guid id, string name, bool enabled, MqttBrokerSettings settings)
    {
        (Id, Name, Enabled, Settings) = (id, name, enabled, settings);
        Address = MqttAddress.Parse(settings.Url, new FieldErrors(), "url") ?? new("mqtt", "", 0, "");
    }

    public Guid Id { get; }

    public string Name { get; }

    public bool Enabled { get; }

    /// <summary>Secrets included: never leaves Core as it is.</summary>
    public MqttBrokerSettings Settings { get; }

    public BrokerAddress Address { get; }

    /// <summary>Whoever counts by it (circuit breaker, readiness) means this broker.</summary>
    public string TargetKey => KeyOf(Id);

    public static string KeyOf(Guid id) => KeyPrefix + id;

    /// <summary>Null when the key is not one of a broker.</summary>
    public static Guid? IdOf(string targetKey)
        => targetKey.StartsWith(KeyPrefix, StringComparison.Ordinal) && Guid.TryParse(targetKey.AsSpan(KeyPrefix.Length), out var id) ? id : null;
}

/// <summary>Addresses of MQTT brokers.</summary>
internal static class MqttAddress
{
    public const string Example = "mqtts://broker.example:8883";

    private static readonly Dictionary<string, int> s_schemes = new() { ["mqtt"] = 1883, ["mqtts"] = 8883, ["ws"] = 80, ["wss"] = 443 };

    public static bool IsEncrypted(this BrokerAddress address) => address.Scheme is "mqtts" or "wss";

    public static bool IsWebSocket(this BrokerAddress address) => address.Scheme is "ws" or "wss";

    /// <summary>Reads an address; null when it is none, and then <paramref name="errors"/> says why.</summary>
    public static BrokerAddress? Parse(string url, FieldErrors errors, string field)
    {
        if (BrokerAddress.Parse(url, s_schemes, Example, errors, field) is not { } address) return null;
        if (address.IsWebSocket())
        {
            if (address.Path.Length == 0) return address with { Path = "/mqtt" };
            if (address.Path[0] == '/' && !address.Path.Contains('#') && address.Path.All(c => c is > ' ' and < '\x7f')) return address;
            errors.Add(field, "What follows the host is no path. Write, for example, wss://broker.example/mqtt.");
            return null;
        }
        if (address.Path is "" or "/") return address with { Path = "" };
        errors.Add(field, $"An address with {address.Scheme}:// ends after the port. A path belongs to ws:// and wss://.");
        return null;
    }
}
