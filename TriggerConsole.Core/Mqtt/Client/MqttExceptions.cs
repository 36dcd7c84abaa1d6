namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>Asked wrongly: nothing was sent. <see cref="ArgumentException.ParamName"/> is the property at fault, such as "Topic".</summary>
public sealed class MqttArgumentException(string property, string sentence) : ArgumentException(sentence, property)
{
    /// <summary>What is wrong, for people.</summary>
    public string Sentence { get; } = sentence;
}

/// <summary>
/// Thrown by <see cref="MqttClientOptions.OnMessage"/> to turn away one message. In 5.0 the broker gets the reason; 3.1.1 cannot
/// say it, and the message is acknowledged.
/// </summary>
public sealed class MqttMessageRefusedException(MqttReasonCode reason, string sentence) : Exception(sentence)
{
    /// <summary>One that PUBACK may carry, 0x80 or above.</summary>
    public MqttReasonCode Reason { get; } = reason;
}
