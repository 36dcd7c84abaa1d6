namespace TriggerConsole.Core.Mqtt.Client.Sessions;

/// <summary>
/// One QoS 2 message of the broker's, from its first PUBLISH to PUBREL, over as many connections as that takes. Which copies belong
/// to it is decided when they arrive; what is done with them, when their turn comes. Guarded by <see cref="Session.Gate"/>.
/// </summary>
internal sealed class InboundExchange
{
    /// <summary>Handed on, and so never again [MQTT-4.3.3-10].</summary>
    public bool IsTakenOver { get; set; }

    /// <summary>PUBREL has come: copies that still wait in the queue are of no use, and their identifier may mean another message by now.</summary>
    public bool IsReleased { get; set; }
}
