using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using TriggerConsole.Core.Mqtt.Client.Packets;
using TriggerConsole.Core.Mqtt.Client.Sessions;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

internal sealed partial class Connection
{
    private MqttConnectFailure? _farewell;

    private async Task ReadAllAsync()
    {
        var frames = new FrameReader(Version, _options.MaximumPacketSize);
        try
        {
            while (true)
            {
                var read = await _reader.ReadAsync(_closing.Token);
                Volatile.Write(ref _lastReceived, _time.GetTimestamp());
                var buffer = read.Buffer;
                while (TryHandleNext(frames, ref buffer))
                {
                    if (_farewell is not null)
                    {
                        Close(_farewell);
                        return;
                    }
                    if (MustPause) await WaitForRoomAsync();
                }
                NotePartialPacket(!buffer.IsEmpty);
                _reader.AdvanceTo(buffer.Start, buffer.End);
                if (!read.IsCompleted) continue;
                Close(new(MqttConnectFault.ConnectionLost, $"{Host} closed the connection."));
                return;
            }
        }
        catch (MqttProtocolException fault)
        {
            await CloseForProtocolErrorAsync(fault);
        }
        catch (Exception exception)
        {
            if (!IsOfTheNetwork(exception)) LogUnforeseen(exception, Host);
            Close(Lost(exception));
        }
    }

    private bool TryHandleNext(FrameReader frames, ref ReadOnlySequence<byte> buffer)
    {
        if (!frames.TryRead(ref buffer, out var frame)) return false;
        if (frame.Body.IsSingleSegment)
        {
            Handle(frame.First, frame.Body.FirstSpan);
            return true;
        }
        var length = (int)frame.Body.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            frame.Body.CopyTo(rented);
            Handle(frame.First, rented.AsSpan(0, length));
        }
        finally { ArrayPool<byte>.Shared.Return(rented); }
        return true;
    }

    /// <summary>One packet of the broker's.</summary>
    private void Handle(byte first, ReadOnlySpan<byte> body)
    {
        switch ((PacketType)(first >> 4))
        {
            case PacketType.Puback: HandleAck(AckPacket.Read(PacketType.Puback, body, Version), static (flows, ack) => flows.OnPuback(ack)); break;
            case PacketType.Pubrec: HandleAck(AckPacket.Read(PacketType.Pubrec, body, Version), static (flows, ack) => flows.OnPubrec(ack)); break;
            case PacketType.Pubcomp: HandleAck(AckPacket.Read(PacketType.Pubcomp, body, Version), static (flows, ack) => flows.OnPubcomp(ack)); break;
            case PacketType.Publish: HandlePublish(PublishPacket.Read(first, body, Version)); break;
            case PacketType.Pubrel: HandlePubrel(AckPacket.Read(PacketType.Pubrel, body, Version)); break;
            case PacketType.Suback: HandleAnswer(SubackPacket.Read(PacketType.Suback, body, Version), PacketType.Suback); break;
            case PacketType.Unsuback: HandleAnswer(SubackPacket.Read(PacketType.Unsuback, body, Version), PacketType.Unsuback); break;
            case PacketType.Pingresp:
                if (body.Length > 0) throw MqttProtocolException.Malformed("A Pingresp is longer than its fields.");
                _clock.OnPingresp();
                break;
            case PacketType.Disconnect:
                _farewell = Sentences.Of(DisconnectPacket.Read(body), Host);
                break;
            case PacketType.Auth: throw MqttProtocolException.Error("The broker began to authenticate, which was not asked for.");
            case PacketType.Connack: throw MqttProtocolException.Error("The broker sent a second Connack.");
            default: throw MqttProtocolException.Error($"The broker sent a {(PacketType)(first >> 4)}.");
        }
    }

    private void HandleAck(in AckPacket ack, Action<PublishFlows, AckPacket> handle)
    {
        lock (_session.Gate)
        {
            if (!_isDetached) handle(_session.Flows, ack);
        }
    }

    private void HandleAnswer(SubackPacket answer, PacketType type)
    {
        lock (_session.Gate)
        {
            // An answer to nothing that was asked: not ours to judge, and it completes nothing [MQTT-2.2.1-6]
            if (_isDetached || _session.Exchanges[answer.PacketId] is not RequestExchange request || request.Expected != type) return;
            if (answer.Reasons.Length != request.Count && !(Version == MqttVersion.V311 && type == PacketType.Unsuback))
            {
                throw MqttProtocolException.Error($"The broker answered {request.Count} topic filters with {answer.Reasons.Length} reason codes.");
            }
            _session.Exchanges.Remove(request);
            request.Complete(answer);
        }
    }

    // What comes after our farewell is thrown away: closing with unread bytes would reset the connection and could take the farewell with it
    private async Task DrainAsync(TimeSpan limit)
    {
        using var limited = new CancellationTokenSource(limit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, _closing.Token);
        var waste = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await _stream.ReadAsync(waste, linked.Token) > 0) { }
        }
        catch (Exception exception) when (IsOfTheNetwork(exception)) { }
        finally { ArrayPool<byte>.Shared.Return(waste); }
    }

    private string Host => $"{_options.Endpoint.Host}:{_options.Endpoint.Port}";

    private MqttConnectFailure Lost(Exception exception) => exception is MqttDialException dial
        ? new(dial.Fault, dial.Message)
        : new(MqttConnectFault.ConnectionLost, Sentences.Lost(Host, exception));

    private static bool IsOfTheNetwork(Exception exception)
        => exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException or WebSocketException or AuthenticationException or InvalidOperationException;
}
