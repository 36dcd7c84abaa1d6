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

    /// <summary>Identifiers of QoS 2 messages that were taken over and not yet released by the broker. Replaced, never cleared: see <see cref="Forget"/>.</summary>
    public HashSet<ushort> Received { get; private set; } = [];

    /// <summary>Version of the latest connection.</summary>
    public MqttVersion? LastVersion { get; set; }

    /// <summary>
    /// The broker has no such session (any more) [MQTT-3.2.2-5]. A delivery that is still under way goes on writing into its own
    /// old set, where it can do no harm.
    /// </summary>
    public void Forget()
    {
        Received = [];
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
