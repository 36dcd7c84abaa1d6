using TriggerConsole.Core.Mqtt.Brokers;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>The choices of an MQTT broker and its messages as people read them.</summary>
internal static class MqttBrokerWords
{
    /// <summary>Ways to connect, with the port that is usual for each.</summary>
    public static IReadOnlyList<(string Scheme, string Title, string Port)> Ways { get; } =
    [
        ("mqtt", "Plain (mqtt)", "1883"),
        ("mqtts", "Encrypted (mqtts)", "8883"),
        ("ws", "Web socket (ws)", "80"),
        ("wss", "Encrypted web socket (wss)", "443"),
    ];

    public static IReadOnlyList<(MqttProtocolVersion Version, string Title)> Versions { get; } =
    [
        (MqttProtocolVersion.Auto, "Automatic: 5.0, or 3.1.1 with an older broker"),
        (MqttProtocolVersion.V5, "5.0 only"),
        (MqttProtocolVersion.V311, "3.1.1 only"),
    ];

    /// <summary>QoS in plain words.</summary>
    public static IReadOnlyList<(int Qos, string Title, string What)> Qualities { get; } =
    [
        (0, "At most once", "QoS 0. Sent and forgotten: nobody confirms it, and it may get lost. For values that come again soon."),
        (1, "At least once", "QoS 1. The broker confirms it. After a break in the connection it may arrive twice. Right for most."),
        (2, "Exactly once", "QoS 2. The broker confirms it and takes it once only. Costs a second round trip."),
    ];

    /// <param name="inUse">While connected; null else.</param>
    public static string Protocol(string? inUse, MqttProtocolVersion set) => inUse is not null ? $"MQTT {inUse}" : set switch
    {
        MqttProtocolVersion.V311 => "MQTT 3.1.1",
        MqttProtocolVersion.V5 => "MQTT 5.0",
        _ => "MQTT",
    };
}
