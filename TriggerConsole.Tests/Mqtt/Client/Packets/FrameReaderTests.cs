using System.Buffers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Client.Packets;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Packets;

public sealed class FrameReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void TryRead_PacketsInPieces_AreFoundWhole(int pieceSize)
    {
        var payload = new byte[300];
        Array.Fill(payload, (byte)0x55);
        byte[] stream = [0x40, 2, 0, 1, 0x30, 0xAC, 0x02, .. payload, 0xD0, 0];
        var buffer = Pieces(stream, pieceSize);
        var reader = new FrameReader(MqttVersion.V5, 1000);

        Assert.True(reader.TryRead(ref buffer, out var puback));
        Assert.Equal((PacketType.Puback, 2L), (puback.Type, puback.Body.Length));
        Assert.True(reader.TryRead(ref buffer, out var publish));
        Assert.Equal((PacketType.Publish, 300L), (publish.Type, publish.Body.Length));
        Assert.Equal(payload, publish.Body.ToArray());
        Assert.True(reader.TryRead(ref buffer, out var pingresp));
        Assert.Equal((PacketType.Pingresp, 0L), (pingresp.Type, pingresp.Body.Length));
        Assert.False(reader.TryRead(ref buffer, out _));
    }

    [Fact]
    public void TryRead_AnyCut_WaitsForTheRest()
    {
        byte[] packet = [0x30, 0x85, 0x01, .. new byte[133]];
        var reader = new FrameReader(MqttVersion.V311, 1000);
        for (var length = 0; length < packet.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(packet, 0, length);
            Assert.False(reader.TryRead(ref buffer, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Theory]
    [Trait("mqtt", "MQTT-3.1.2-24")]
    [InlineData("30FFFFFF7F")]
    [InlineData("30E507")]
    public void TryRead_TooLarge_IsRefusedByItsHeaderAlone(string header)
    {
        var fault = Assert.Throws<MqttProtocolException>(() => Read(header, MqttVersion.V5, most: 999));

        Assert.Equal(MqttReasonCode.PacketTooLarge, fault.Reason);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.1.2-24")]
    public void TryRead_AsLargeAsAllowed_IsTaken()
    {
        byte[] packet = [0x30, 0xE4, 0x07, .. new byte[996]];
        var buffer = new ReadOnlySequence<byte>(packet);

        Assert.True(new FrameReader(MqttVersion.V5, 999).TryRead(ref buffer, out _));
    }

    // What a server may send with which lower half of the first byte; everything else ends the connection
    [Theory]
    [Trait("mqtt", "MQTT-2.1.3-1")]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public void TryRead_EveryFirstByte_IsTakenOrRefusedAtOnce(MqttVersion version)
    {
        var legal = new HashSet<int> { 0x20, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3A, 0x3B, 0x3C, 0x3D, 0x40, 0x50, 0x62, 0x70, 0x90, 0xB0, 0xD0 };
        if (version == MqttVersion.V5) legal.UnionWith([0xE0, 0xF0]);
        for (var first = 0; first < 256; first++)
        {
            // Nothing but that byte has come
            var fault = Record.Exception(() => Read(first.ToString("X2", null), version, 100));

            Assert.Equal(legal.Contains(first), fault is null);
            if (fault is not null) Assert.IsType<MqttProtocolException>(fault);
        }
    }

    private static void Read(string bytes, MqttVersion version, long most)
    {
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(bytes));
        new FrameReader(version, most).TryRead(ref buffer, out _);
    }

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, int size)
    {
        Piece? first = null, last = null;
        foreach (var part in bytes.Chunk(size))
        {
            last = last is null ? first = new(part, 0) : last.Append(part);
        }
        return new(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long index) => (Memory, RunningIndex) = (bytes, index);

        public Piece Append(byte[] bytes)
        {
            var next = new Piece(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
