using System.Buffers;
using System.IO.Pipelines;
using TriggerConsole.Core.Mqtt.Client.Packets;
using TriggerConsole.Core.Mqtt.Client.Transports;

namespace TriggerConsole.Core.Mqtt.Client.Connections;

/// <summary>How CONNECT was answered.</summary>
internal enum HandshakeResult
{
    Accepted,

    /// <summary>With a reason code.</summary>
    Refused,

    /// <summary>Not a byte came before the connection was closed.</summary>
    HungUp,

    /// <summary>Something came that is not CONNACK.</summary>
    Nonsense,
}

/// <summary>CONNECT out, CONNACK in; nothing else is sent before that.</summary>
internal static class Handshake
{
    /// <exception cref="IOException"/>
    /// <exception cref="OperationCanceledException"/>
    public static async Task<(HandshakeResult Result, ConnackPacket? Connack, MqttConnectFailure? Failure)> RunAsync(
        Stream stream, PipeReader reader, ReadOnlyMemory<byte> connect, MqttVersion version, uint maximumPacketSize, string host, CancellationToken cancellationToken)
    {
        try
        {
            await stream.WriteAsync(connect, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        // The answer may be there all the same: a server that hangs up on what it does not understand
        catch (IOException exception) when (exception is not MqttDialException) { }
        var frames = new FrameReader(version, maximumPacketSize);
        while (true)
        {
            ReadResult read;
            try { read = await reader.ReadAsync(cancellationToken); }
            catch (IOException exception) when (exception is not MqttDialException) { return HungUp(host, exception); }
            var buffer = read.Buffer;
            try
            {
                if (TryReadConnack(frames, ref buffer, version, out var connack))
                {
                    reader.AdvanceTo(buffer.Start);
                    return connack.Reason == MqttReasonCode.Success
                        ? (HandshakeResult.Accepted, connack, null)
                        : (HandshakeResult.Refused, connack, Sentences.Of(connack, host));
                }
            }
            catch (MqttProtocolException fault)
            {
                return (HandshakeResult.Nonsense, null, Judge(read.Buffer, fault, host));
            }
            if (read.IsCompleted)
            {
                if (read.Buffer.IsEmpty) return HungUp(host, null);
                return (HandshakeResult.Nonsense, null, new(MqttConnectFault.Protocol, $"{host} closed the connection in the middle of its answer."));
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool TryReadConnack(FrameReader frames, ref ReadOnlySequence<byte> buffer, MqttVersion version, out ConnackPacket connack)
    {
        connack = null!;
        if (!buffer.IsEmpty && buffer.FirstSpan[0] >> 4 is not ((int)PacketType.Connack) and var type)
        {
            throw MqttProtocolException.Error($"The broker's first packet is a {(PacketType)type} instead of a Connack.");
        }
        if (!frames.TryRead(ref buffer, out var frame)) return false;
        connack = ConnackPacket.Read(frame.Body.ToArray(), version);
        return true;
    }

    private static (HandshakeResult, ConnackPacket?, MqttConnectFailure?) HungUp(string host, IOException? exception)
    {
        // In TLS 1.3 a server looks at the client's certificate after the handshake has ended for the client
        if (exception is not null && TlsTransport.IsAlert(exception))
        {
            return (HandshakeResult.Nonsense, null, new(MqttConnectFault.Tls, $"{host} ended the TLS connection before MQTT began. It may ask for a client certificate, or not accept the one it got."));
        }
        return (HandshakeResult.HungUp, null, new(MqttConnectFault.ConnectionLost, $"{host} closed the connection without an answer. Check port and transport: it may expect TLS, or not be an MQTT broker."));
    }

    private static MqttConnectFailure Judge(in ReadOnlySequence<byte> buffer, MqttProtocolException fault, string host)
    {
        var seen = buffer.Slice(0, Math.Min(64, buffer.Length)).ToArray();
        return LooksForeign(seen)
            ? new(MqttConnectFault.NotMqtt, $"{host} does not speak MQTT: its answer begins with \"{Sentences.Show(seen)}\".{Hint(seen)}")
            : new(MqttConnectFault.Protocol, fault.Message, fault.Reason);
    }

    // Text, or a record of TLS; a packet of MQTT that is short and wrong is neither
    private static bool LooksForeign(ReadOnlySpan<byte> seen)
        => IsTls(seen) || (seen.Length >= 4 && seen.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) is var odd && (odd < 0 || (odd >= 4 && seen[odd] is (byte)'\r' or (byte)'\n')));

    private static bool IsTls(ReadOnlySpan<byte> seen) => seen.Length >= 2 && seen[0] is 0x15 or 0x16 && seen[1] == 0x03;

    private static string Hint(ReadOnlySpan<byte> seen)
        => IsTls(seen) ? " That is TLS: choose mqtts or wss."
            : seen.StartsWith("HTTP/"u8) ? " That is a web server: choose ws, or another port."
            : "";
}
