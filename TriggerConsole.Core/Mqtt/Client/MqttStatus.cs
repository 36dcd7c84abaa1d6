namespace TriggerConsole.Core.Mqtt.Client;

public enum MqttState
{
    Stopped,
    Connecting,
    Connected,

    /// <summary>For the next try.</summary>
    Waiting,
}

/// <summary>A client at one moment.</summary>
/// <param name="RoundTrip">Latest measurement: CONNECT to CONNACK, later PINGREQ to PINGRESP.</param>
/// <param name="InFlight">QoS 1 and 2 publishes sent and not yet acknowledged.</param>
/// <param name="LastFailure">Why the last try failed or the last connection ended; stays after a reconnect.</param>
/// <param name="NextTry">Only while <see cref="MqttState.Waiting"/>.</param>
/// <param name="AssignedClientId">The client id that the broker chose.</param>
/// <param name="Published">Messages acknowledged, or at QoS 0 written, since the client was made.</param>
/// <param name="Received">Messages handed on since the client was made.</param>
public sealed record MqttStatus(
    MqttState State,
    DateTimeOffset? ConnectedSince,
    MqttVersion? Version,
    TimeSpan? RoundTrip,
    int InFlight,
    MqttConnectFailure? LastFailure,
    DateTimeOffset? NextTry,
    string? AssignedClientId,
    long Published,
    long Received);
