using System.Text.Json;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Mqtt.Brokers;

internal sealed class RuntimeMqttBroker : RuntimeBroker
{
    private const string KeyPrefix = "mqtt:";

    public RuntimeMqttBroker(Guid id, string name, bool enabled, MqttBrokerSettings settings) : base(id, name, enabled)
    {
        Settings = settings;
        Address = MqttAddress.Parse(settings.Url, new FieldErrors(), "url") ?? new("mqtt", "", 0, "");
    }

    /// <summary>Secrets included: never leaves Core as it is.</summary>
    public MqttBrokerSettings Settings { get; }

    public override BrokerAddress Address { get; }

    public override string TargetKey => KeyOf(Id);

    public override string Fingerprint => JsonSerializer.Serialize(Settings, CoreJson.Options);

    public static string KeyOf(Guid id) => KeyPrefix + id;

    /// <summary>Null when the key is not one of a broker.</summary>
    public static Guid? IdOf(string targetKey) => IdOf(targetKey, KeyPrefix);
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
