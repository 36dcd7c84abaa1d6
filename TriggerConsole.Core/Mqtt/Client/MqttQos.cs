namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>Quality of service: how sure a delivery is.</summary>
public enum MqttQos : byte
{
    /// <summary>0: sent once, never acknowledged; may be lost.</summary>
    AtMostOnce,

    /// <summary>1: acknowledged; may arrive twice.</summary>
    AtLeastOnce,

    /// <summary>2: acknowledged in two steps; arrives once.</summary>
    ExactlyOnce,
}
