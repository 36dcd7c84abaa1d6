using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Client.Packets;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Packets;

public sealed class PacketsInTests
{
    [Fact]
    public void Connack_AllLimits_AreRead()
    {
        var connack = ConnackPacket.Read(Hex(
            "01 00 33 1100000E10 210002 2400 2500 2700010000 1200036D6531 220003 1F00026F6B 2800 2900 2A00 13003C 1C000178 2600016100016B"), MqttVersion.V5);

        Assert.True(connack.SessionPresent);
        Assert.Equal((MqttReasonCode.Success, 3600u, (ushort)2, MqttQos.AtMostOnce, false, 65_536L),
            (connack.Reason, connack.SessionExpirySeconds!.Value, connack.ReceiveMaximum, connack.MaximumQos, connack.RetainAvailable, connack.MaximumPacketSize));
        Assert.Equal(("me1", (ushort)3, "ok", false, false, (ushort)60, "x"),
            (connack.AssignedClientId, connack.TopicAliasMaximum, connack.ReasonText, connack.WildcardsAvailable, connack.SharedSubscriptionsAvailable, connack.KeepAliveSeconds!.Value, connack.ServerReference));
    }

    [Fact]
    public void Connack_NoProperties_HasTheLimitsOfTheStandard()
    {
        var connack = ConnackPacket.Read(Hex("00 00 00"), MqttVersion.V5);

        Assert.Equal((ushort.MaxValue, MqttQos.ExactlyOnce, true, long.MaxValue, (ushort)0, true), (connack.ReceiveMaximum, connack.MaximumQos, connack.RetainAvailable, connack.MaximumPacketSize, connack.TopicAliasMaximum, connack.WildcardsAvailable));
        Assert.Null(connack.KeepAliveSeconds);
    }

    [Theory]
    [InlineData("00 01", MqttVersion.V311, MqttReasonCode.UnsupportedProtocolVersion)]
    [InlineData("00 02", MqttVersion.V311, MqttReasonCode.ClientIdentifierNotValid)]
    [InlineData("00 03", MqttVersion.V311, MqttReasonCode.ServerUnavailable)]
    [InlineData("00 04", MqttVersion.V311, MqttReasonCode.BadUserNameOrPassword)]
    [InlineData("00 05", MqttVersion.V311, MqttReasonCode.NotAuthorized)]
    [InlineData("00 84 00", MqttVersion.V5, MqttReasonCode.UnsupportedProtocolVersion)]
    [InlineData("00 84", MqttVersion.V5, MqttReasonCode.UnsupportedProtocolVersion)]
    [InlineData("00 01", MqttVersion.V5, MqttReasonCode.UnsupportedProtocolVersion)]
    public void Connack_Refusal_HasItsReasonInEitherShape(string bytes, MqttVersion version, MqttReasonCode reason)
        => Assert.Equal(reason, ConnackPacket.Read(Hex(bytes), version).Reason);

    [Theory]
    [InlineData("00 06", MqttVersion.V311)]
    [InlineData("00 8B 00", MqttVersion.V5)]
    [InlineData("01 87 00", MqttVersion.V5)]
    [InlineData("02 00 00", MqttVersion.V5)]
    [InlineData("00 00", MqttVersion.V5)]
    [InlineData("00 01 00", MqttVersion.V5)]
    public void Connack_AgainstTheRules_EndsTheConnection(string bytes, MqttVersion version)
        => Assert.Throws<MqttProtocolException>(() => ConnackPacket.Read(Hex(bytes), version));

    [Fact]
    public void Publish_AllProperties_AreRead()
    {
        var packet = PublishPacket.Read(0x3B, Hex("000161 0102 2A 0101 020000000A 03000163 08000172 09000200FF 0B8001 0B07 230005 2600016E000176 2600016E000177 78"), MqttVersion.V5);

        var message = packet.Message;
        Assert.Equal(((ushort)0x0102, (ushort)5), (packet.PacketId, packet.TopicAlias));
        Assert.Equal(("a", MqttQos.AtLeastOnce, true, true), (message.Topic, message.Qos, message.Retain, message.Duplicate));
        Assert.Equal((true, 10u, "c", "r"), (message.PayloadIsText, message.MessageExpirySeconds!.Value, message.ContentType, message.ResponseTopic));
        Assert.Equal(new byte[] { 0, 0xFF }, message.CorrelationData);
        Assert.Equal([128u, 7u], message.SubscriptionIds);
        Assert.Equal([new("n", "v"), new("n", "w")], message.UserProperties);
        Assert.Equal("x"u8.ToArray(), message.Payload);
    }

    [Fact]
    [Trait("mqtt", "MQTT-1.5.4-3")]
    public void Publish_TopicWithMark_KeepsIt()
        => Assert.Equal("\uFEFFa", PublishPacket.Read(0x30, Hex("0004 EFBBBF61"), MqttVersion.V311).Message.Topic);

    // Whatever comes in, the only exception is the one that closes the connection with a reason
    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public void Read_RandomBytes_NeverThrowsAnythingElse(MqttVersion version)
    {
        var random = new Random(42);
        for (var i = 0; i < 200_000; i++)
        {
            var body = new byte[random.Next(24)];
            random.NextBytes(body);
            // Small numbers, so that lengths and identifiers often make sense
            for (var b = 0; b < body.Length; b++) if (random.Next(3) > 0) body[b] = (byte)(body[b] % 48);
            var fault = Record.Exception(() => ReadAny(random.Next(7), body, version));
            if (fault is not null) Assert.IsType<MqttProtocolException>(fault);
        }
    }

    private static void ReadAny(int kind, byte[] body, MqttVersion version)
    {
        switch (kind)
        {
            case 0: ConnackPacket.Read(body, version); break;
            case 1: AckPacket.Read(PacketType.Puback, body, version); break;
            case 2: SubackPacket.Read(PacketType.Suback, body, version); break;
            case 3: SubackPacket.Read(PacketType.Unsuback, body, version); break;
            case 4: DisconnectPacket.Read(body); break;
            case 5: PublishPacket.Read(0x30, body, version); break;
            default: PublishPacket.Read(0x32, body, version); break;
        }
    }

    private static byte[] Hex(string bytes) => Convert.FromHexString(bytes.Replace(" ", ""));
}
