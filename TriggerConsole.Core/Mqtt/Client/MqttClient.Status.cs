using Microsoft.Extensions.Logging;

namespace TriggerConsole.Core.Mqtt.Client;

public sealed partial class MqttClient
{
    // Held while listeners are told, so that they hear of changes one at a time and in order
    private readonly Lock _telling = new();
    private DateTimeOffset? _connectedSince;
    private DateTimeOffset? _nextTry;
    private MqttConnectFailure? _lastFailure;

    public event Action<MqttStatus>? StatusChanged;

    private MqttState State { get; set; }

    private string Host => $"{_options.Endpoint.Host}:{_options.Endpoint.Port}";

    public MqttStatus Status
    {
        get
        {
            int inFlight;
            long published;
            lock (_session.Gate) (inFlight, published) = (_session.Flows.InFlight, _session.Flows.Published);
            lock (_lock)
            {
                var connection = State == MqttState.Connected ? _connection : null;
                return new(State, _connectedSince, connection?.Version, connection?.RoundTrip, inFlight, _lastFailure, _nextTry,
                    connection?.Settings.AssignedClientId, published, _inbound.Received);
            }
        }
    }

    private void SetState(MqttState state, MqttConnectFailure? failure = null, DateTimeOffset? nextTry = null)
    {
        lock (_telling)
        {
            lock (_lock)
            {
                if (State == state && failure is null) return;
                State = state;
                _connectedSince = state == MqttState.Connected ? _time.GetUtcNow() : null;
                _nextTry = nextTry;
                if (failure is not null) _lastFailure = failure;
            }
            try { StatusChanged?.Invoke(Status); }
            // A listener must not end the connection
            catch (Exception exception) { LogListenerFailed(exception); }
        }
    }

    [LoggerMessage(ClientEvents.Connected, LogLevel.Information, "Connected to MQTT broker {Host} with {Version}; session present: {SessionPresent}")]
    private partial void LogConnected(string host, MqttVersion version, bool sessionPresent);

    [LoggerMessage(ClientEvents.ConnectFailed, LogLevel.Warning, "No connection to MQTT broker {Host}: {Reason}")]
    private partial void LogConnectFailed(string host, string reason);

    [LoggerMessage(ClientEvents.ConnectionEnded, LogLevel.Information, "The connection to MQTT broker {Host} ended: {Reason}")]
    private partial void LogConnectionEnded(string host, string reason);

    [LoggerMessage(ClientEvents.ListenerFailed, LogLevel.Error, "A listener for the status of an MQTT client failed")]
    private partial void LogListenerFailed(Exception exception);

    [LoggerMessage(ClientEvents.SubscriptionRefused, LogLevel.Warning, "MQTT broker {Host} did not take the subscription to {Filter}: {Status}, {Reason}")]
    private partial void LogSubscriptionRefused(string host, string filter, MqttSubscribeStatus status, string reason);

    [LoggerMessage(ClientEvents.Unforeseen, LogLevel.Error, "The client for MQTT broker {Host} failed for a reason that was not foreseen")]
    private partial void LogUnforeseen(Exception exception, string host);
}
