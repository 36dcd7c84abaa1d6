using System.Text.Json;
using TriggerConsole.Core.Secrets;

namespace TriggerConsole.Core.Mqtt.Brokers;

/// <summary>Between the stored broker and the one in use: splits secrets off for the database and puts them back.</summary>
internal sealed class MqttBrokerRows(SecretProtector protector)
{
    public MqttBrokerSettings Read(MqttBroker row)
    {
        var settings = JsonSerializer.Deserialize<MqttBrokerSettings>(row.Settings, CoreJson.Options)!;
        if (row.ProtectedSecrets is not { } secrets) return settings;
        return SecretFields.Apply(settings, JsonSerializer.Deserialize<Dictionary<string, string>>(protector.Unprotect(secrets), CoreJson.Options)!);
    }

    public void Write(MqttBroker row, MqttBrokerSettings settings)
    {
        var secrets = SecretFields.Extract(settings);
        row.Settings = SecretFields.Without(settings);
        row.ProtectedSecrets = secrets.Count == 0 ? null : protector.Protect(JsonSerializer.Serialize(secrets, CoreJson.Options));
    }

    public RuntimeMqttBroker ToRuntime(MqttBroker row) => new(row.Id, row.Name, row.Enabled, Read(row));
}
