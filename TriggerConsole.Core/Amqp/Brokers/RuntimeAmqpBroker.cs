using System.Text.Json;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Amqp.Brokers;

internal sealed class RuntimeAmqpBroker : RuntimeBroker
{
    private const string KeyPrefix = "amqp:";

    public RuntimeAmqpBroker(Guid id, string name, bool enabled, AmqpBrokerSettings settings) : base(id, name, enabled)
    {
        Settings = settings;
        Address = AmqpAddress.Parse(settings.Url, new FieldErrors(), "url") ?? new("amqp", "", 0, "");
    }

    /// <summary>Secrets included: never leaves Core as it is.</summary>
    public AmqpBrokerSettings Settings { get; }

    public override BrokerAddress Address { get; }

    public string VirtualHost => AmqpAddress.VirtualHostOf(Address);

    public override string TargetKey => KeyOf(Id);

    /// <summary>With the name when that is part of what the broker is told.</summary>
    public override string Fingerprint => JsonSerializer.Serialize(Settings, CoreJson.Options) + (Settings.ConnectionName.Length == 0 ? Name : "");

    public static string KeyOf(Guid id) => KeyPrefix + id;

    /// <summary>Null when the key is not one of a broker.</summary>
    public static Guid? IdOf(string targetKey) => IdOf(targetKey, KeyPrefix);
}
