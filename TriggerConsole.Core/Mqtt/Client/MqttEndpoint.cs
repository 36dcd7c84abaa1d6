namespace TriggerConsole.Core.Mqtt.Client;

/// <summary>How the bytes get to the broker.</summary>
public enum MqttTransport
{
    /// <summary><c>mqtt://</c></summary>
    Tcp,

    /// <summary><c>mqtts://</c></summary>
    Tls,

    /// <summary><c>ws://</c></summary>
    WebSocket,

    /// <summary><c>wss://</c></summary>
    SecureWebSocket,
}

/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Path">For WebSocket only: path, and query if any, beginning with a slash.</param>
public sealed record MqttEndpoint(MqttTransport Transport, string Host, int Port, string Path = "/mqtt");
