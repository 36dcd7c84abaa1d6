using System.Collections;

namespace TriggerConsole.Core.Mqtt.Client.Sessions;

internal sealed partial class PublishFlows
{
    private BitArray? _doubtful;

    /// <summary>
    /// The session is of an earlier process (<see cref="MqttClientOptions.CleanStart"/> was false), and nobody knows which QoS 2
    /// messages that left half sent. The broker would take a new message with the identifier of one for its copy, acknowledge it
    /// and throw it away. So the first use of each identifier begins with a PUBREL for whatever had it before.
    /// </summary>
    public void DoubtIdentifiers() => _doubtful = new(ushort.MaxValue + 1, true);

    /// <summary>The session is new: no identifier can mean anything else.</summary>
    public void TrustIdentifiers() => _doubtful = null;

    private void ClearIdentifier(IPublishLink link, PublishExchange exchange)
    {
        // Cut off before the answer to the PUBREL: whether that arrived is not known
        var isCutOff = exchange.IsClearing;
        exchange.IsClearing = exchange.Qos == MqttQos.ExactlyOnce && _doubtful is not null && (isCutOff || _doubtful[exchange.PacketId]);
        if (!exchange.IsClearing) return;
        _doubtful![exchange.PacketId] = false;
        link.WritePubrel(exchange.PacketId, MqttReasonCode.Success);
    }
}
