using TriggerConsole.Core.Mqtt.Client.Packets;
using TriggerConsole.Core.Mqtt.Client.Sessions;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

internal sealed partial class Connection
{
    private readonly InboundWorker _inbound;
    private readonly Dictionary<ushort, string> _inboundAliases = [];

    // QoS 2 messages of this connection between PUBLISH and PUBCOMP
    private readonly HashSet<ushort> _openQos2 = [];
    private int _openQos1;
    private TaskCompletionSource? _room;

    private void HandlePublish(PublishPacket packet)
    {
        var message = ResolveAlias(packet);
        lock (_session.Gate)
        {
            if (_isDetached) return;
            if (message.Qos != MqttQos.AtMostOnce) CountIn(packet);
            InboundExchange? exchange = null;
            if (message.Qos == MqttQos.ExactlyOnce && !_session.Received.TryGetValue(packet.PacketId, out exchange))
            {
                _session.Received[packet.PacketId] = exchange = new();
            }
            _inbound.Add(new(this, message, packet.PacketId, exchange));
        }
    }

    private MqttReceivedMessage ResolveAlias(in PublishPacket packet)
    {
        if (packet.TopicAlias == 0) return packet.Message;
        if (packet.TopicAlias > _options.TopicAliasMaximum)
        {
            throw new MqttProtocolException(MqttReasonCode.TopicAliasInvalid, $"The broker used the topic alias {packet.TopicAlias}; {_options.TopicAliasMaximum} is the highest allowed.");
        }
        if (packet.Message.Topic.Length > 0)
        {
            _inboundAliases[packet.TopicAlias] = packet.Message.Topic;
            return packet.Message;
        }
        return _inboundAliases.TryGetValue(packet.TopicAlias, out var topic)
            ? packet.Message with { Topic = topic }
            : throw MqttProtocolException.Error($"The broker used the topic alias {packet.TopicAlias} before it said what that stands for.");
    }

    // [MQTT-3.3.4-9]. 3.1.1 knows no such limit; there reading pauses instead.
    private void CountIn(in PublishPacket packet)
    {
        if (packet.Message.Qos == MqttQos.AtLeastOnce) _openQos1++;
        else _openQos2.Add(packet.PacketId);
        if (Version == MqttVersion.V5 && _openQos1 + _openQos2.Count > _options.ReceiveMaximum)
        {
            throw new MqttProtocolException(MqttReasonCode.ReceiveMaximumExceeded, $"The broker sent more than {_options.ReceiveMaximum} messages without waiting for their acknowledgement.");
        }
    }

    /// <summary>A further copy of a QoS 2 message that was taken over gets its PUBREC, and nothing else [MQTT-4.3.3-10].</summary>
    public bool TryAcknowledgeAgain(in InboundMessage inbound)
    {
        if (inbound.Exchange is not { } exchange) return false;
        lock (_session.Gate)
        {
            if (!exchange.IsTakenOver) return false;
            if (!_isDetached && !exchange.IsReleased) WriteAck(FirstByte.Pubrec, inbound.PacketId, MqttReasonCode.Success);
            return true;
        }
    }

    /// <summary>The message was taken over, or refused. Called in the order of arrival [MQTT-4.6.0-2].</summary>
    public void Acknowledge(in InboundMessage inbound, MqttReasonCode reason)
    {
        lock (_session.Gate)
        {
            if (inbound.Exchange is not { } exchange)
            {
                _openQos1--;
                if (!_isDetached) WriteAck(FirstByte.Puback, inbound.PacketId, reason);
                return;
            }
            // In 3.1.1, which cannot refuse, the broker takes it for accepted and goes on to PUBREL
            if (reason.IsFailure() && Version == MqttVersion.V5) Abandon(inbound.PacketId, exchange);
            else exchange.IsTakenOver = true;
            if (!_isDetached) WriteAck(FirstByte.Pubrec, inbound.PacketId, reason);
        }
    }

    // After a refusing PUBREC the identifier is free [MQTT-4.3.3-9]
    private void Abandon(ushort packetId, InboundExchange exchange)
    {
        _openQos2.Remove(packetId);
        if (_session.Received.TryGetValue(packetId, out var current) && current == exchange) _session.Received.Remove(packetId);
    }

    private void HandlePubrel(in AckPacket release)
    {
        lock (_session.Gate)
        {
            if (_isDetached) return;
            _openQos2.Remove(release.PacketId);
            var isKnown = _session.Received.Remove(release.PacketId, out var exchange) && exchange.IsTakenOver;
            if (isKnown) exchange!.IsReleased = true;
            WriteAck(FirstByte.Pubcomp, release.PacketId, isKnown ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
        }
    }

    /// <summary>The handler could not take a message over: the broker keeps it, and sends it again on the next connection.</summary>
    public void CloseForHandler()
    {
        lock (_session.Gate)
        {
            if (!_isOpen || _isDetached) return;
            SayGoodbye(MqttReasonCode.ImplementationSpecificError, null, null);
        }
        _ = FlushAndCloseAsync(new(MqttConnectFault.ConnectionLost, "The connection was closed because a received message could not be stored."));
    }

    /// <summary>There is room again in one of the queues that reading may wait for.</summary>
    public void SignalRoom()
    {
        lock (_session.Gate)
        {
            if (_room is null || MustPause) return;
            _room.TrySetResult();
            _room = null;
        }
    }

    private bool MustPause => _inbound.IsFull || _filling.Size + _sending.Size > HighestWater;

    private async Task WaitForRoomAsync()
    {
        Task room;
        lock (_session.Gate)
        {
            if (!MustPause) return;
            room = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        Volatile.Write(ref _isPaused, true);
        try { await room.WaitAsync(_closing.Token); }
        finally
        {
            Volatile.Write(ref _lastReceived, _time.GetTimestamp());
            Volatile.Write(ref _isPaused, false);
        }
    }

    private async Task FlushAndCloseAsync(MqttConnectFailure failure)
    {
        await FlushAsync(s_farewellLimit);
        Close(failure);
    }
}
