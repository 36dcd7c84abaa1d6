using TriggerConsole.Core.Mqtt.Client.Packets;

namespace TriggerConsole.Core.Mqtt.Client.Sessions;

internal sealed partial class PublishFlows
{
    public void OnPuback(in AckPacket ack)
    {
        if (session.Exchanges[ack.PacketId] is not PublishExchange exchange) return; // ended long ago, or never begun: nobody's answer
        if (exchange.Stage != PublishStage.AwaitingPuback) throw WrongKind(PacketType.Puback, ack);
        Acknowledge(exchange, ack.Reason, ack.ReasonText);
        Pump();
    }

    public void OnPubrec(in AckPacket ack)
    {
        if (session.Exchanges[ack.PacketId] is not PublishExchange exchange)
        {
            _link?.WritePubrel(ack.PacketId, MqttReasonCode.PacketIdentifierNotFound);
            return;
        }
        if (exchange.Stage is not (PublishStage.AwaitingPubrec or PublishStage.AwaitingPubcomp)) throw WrongKind(PacketType.Pubrec, ack);
        if (ack.Reason.IsFailure())
        {
            if (exchange.Stage == PublishStage.AwaitingPubcomp) throw WrongKind(PacketType.Pubrec, ack);
            // [MQTT-4.3.3-4]: refused, so there is nothing to release
            Acknowledge(exchange, ack.Reason, ack.ReasonText);
            Pump();
            return;
        }
        if (exchange.Stage == PublishStage.AwaitingPubrec)
        {
            exchange.Stage = PublishStage.AwaitingPubcomp;
            (exchange.PubrecReason, exchange.PubrecText) = (ack.Reason, ack.ReasonText);
            exchange.Message = null;
            exchange.List?.Remove(exchange);
            _released.Add(exchange);
        }
        _link?.WritePubrel(ack.PacketId, MqttReasonCode.Success);
    }

    public void OnPubcomp(in AckPacket ack)
    {
        if (session.Exchanges[ack.PacketId] is not PublishExchange exchange) return;
        if (exchange.IsClearing)
        {
            exchange.IsClearing = false;
            return;
        }
        if (exchange.Stage != PublishStage.AwaitingPubcomp) throw WrongKind(PacketType.Pubcomp, ack);
        // "Identifier not found" is how a broker that had finished answers a PUBREL that was sent again
        Acknowledge(exchange, exchange.PubrecReason, exchange.PubrecText);
        Pump();
    }

    private void Acknowledge(PublishExchange exchange, MqttReasonCode reason, string? text)
        => End(exchange, reason.IsFailure() ? MqttPublishStatus.Refused : MqttPublishStatus.Acknowledged, reason, text);

    private static MqttProtocolException WrongKind(PacketType type, in AckPacket ack)
        => MqttProtocolException.Error($"The broker answered the message {ack.PacketId} with a {type} at a point where none can come.");
}
