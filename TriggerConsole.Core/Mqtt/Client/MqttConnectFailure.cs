namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>What kept a connection from coming about, or ended it.</summary>
public enum MqttConnectFault
{
    /// <summary>The host has no address.</summary>
    Dns,

    /// <summary>There is no way to the host.</summary>
    Unreachable,

    /// <summary>Nothing listens on the port.</summary>
    Refused,

    /// <summary>No connection, or no CONNACK, within the time limit.</summary>
    Timeout,

    /// <summary>The host program does not allow the address.</summary>
    Blocked,

    /// <summary>TLS did not come about.</summary>
    Tls,

    /// <summary>The server does not take the connection as a WebSocket for MQTT.</summary>
    WebSocket,

    /// <summary>What answers does not speak MQTT.</summary>
    NotMqtt,

    /// <summary>The broker broke the rules of MQTT.</summary>
    Protocol,

    /// <summary>The broker said no, or ended the connection with a reason.</summary>
    RefusedByBroker,

    /// <summary>The connection broke.</summary>
    ConnectionLost,
}

/// <param name="Sentence">What happened, for people. Words of the broker in it are made harmless and short.</param>
/// <param name="Reason">
/// The broker's reason. The return codes of a 3.1.1 CONNACK are given as the 5.0 code of the same meaning.
/// </param>
public sealed record MqttConnectFailure(MqttConnectFault Fault, string Sentence, MqttReasonCode? Reason = null);

/// <summary>Thrown by <see cref="MqttClientOptions.Dial"/>: no connection, and why.</summary>
public sealed class MqttDialException(MqttConnectFault fault, string sentence) : IOException(sentence)
{
    public MqttConnectFault Fault { get; } = fault;
}
