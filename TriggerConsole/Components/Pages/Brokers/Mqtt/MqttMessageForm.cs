using TriggerConsole.Core.Mqtt.Brokers;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

/// <summary>A message that goes with the connection, as it is typed: last will, birth, close.</summary>
public sealed class MqttMessageForm
{
    /// <summary>Off: there is none. What was typed stays while the page is open.</summary>
    public bool On { get; set; }

    public string Topic { get; set; } = "";

    public string Payload { get; set; } = "";

    public int Qos { get; set; } = 1;

    public bool Retain { get; set; } = true;

    public static MqttMessageForm Of(MqttBrokerMessage? message)
        => message is null ? new() : new() { On = true, Topic = message.Topic, Payload = message.Payload, Qos = message.Qos, Retain = message.Retain };

    public MqttBrokerMessage? ToMessage() => On ? new() { Topic = Topic.Trim(), Payload = Payload, Qos = Qos, Retain = Retain } : null;
}
