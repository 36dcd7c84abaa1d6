namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>Version of the protocol, by the level that stands in CONNECT.</summary>
public enum MqttVersion : byte
{
    V311 = 4,
    V5 = 5,
}

public enum MqttVersionChoice
{
    /// <summary>5.0 first; 3.1.1 when the broker refuses that version or hangs up at once.</summary>
    Automatic,
    V311,
    V5,
}
