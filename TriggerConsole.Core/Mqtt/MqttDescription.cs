using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Core.Mqtt;

/// <summary>Says in one sentence what a trigger does.</summary>
internal static class MqttDescription
{
    private const int MaxTopicLength = 200;

    /// <param name="broker">Its name; null when there is no such broker any more.</param>
    public static string Of(MqttTriggerSettings settings, string? broker)
    {
        var topic = settings.Topic.Length <= MaxTopicLength ? settings.Topic : settings.Topic[..MaxTopicLength] + "…";
        return $"Publish to {topic} at {broker ?? (settings.BrokerId == Guid.Empty ? "a broker" : "a broker that is gone")} {MessageBody.InWords(settings.Body)}, QoS {settings.Qos}{(settings.Retain ? ", retained" : "")}";
    }
}
