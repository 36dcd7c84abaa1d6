namespace TriggerConsole.Core.Mqtt.Client.Sessions;

/// <summary>
/// What outlives a connection (MQTT 5.0 section 4.1): unacknowledged publishes, identifiers of QoS 2 messages received and not
/// released, identifiers in use. Kept in memory, for as long as the client object.
/// </summary>
internal sealed class Session
{
    // So that a subscribe finds an identifier also when the window is as large as it gets
    private const int ReservedForRequests = 64;

    public Session(int maximumInFlight, TimeProvider time)
    {
        Window = Math.Min(maximumInFlight, ushort.MaxValue - ReservedForRequests);
        Exchanges = new(Window + ReservedForRequests);
        Flows = new(this, time);
    }

    /// <summary>Guards the session and everything of the connection that touches it.</summary>
    public Lock Gate { get; } = new();

    public int Window { get; }

    public ExchangeTable Exchanges { get; }

    public PublishFlows Flows { get; }

    /// <summary>QoS 2 messages that the broker has not yet released, by identifier.</summary>
    public Dictionary<ushort, InboundExchange> Received { get; } = [];

    /// <summary>Version of the latest connection.</summary>
    public MqttVersion? LastVersion { get; set; }

    /// <summary>The broker has no such session (any more) [MQTT-3.2.2-5].</summary>
    public void Forget()
    {
        Received.Clear();
        Flows.EndHeld(MqttPublishStatus.ConnectionLost);
    }

    public void EndRequests()
    {
        foreach (var request in Exchanges.Requests())
        {
            Exchanges.Remove(request);
            request.Complete(null);
        }
    }
}
