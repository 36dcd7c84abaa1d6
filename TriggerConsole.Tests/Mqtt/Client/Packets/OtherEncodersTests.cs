using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Client.Packets;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Packets;

public sealed class OtherEncodersTests
{
    [Theory]
    [Trait("mqtt", "MQTT-2.1.3-1")]
    [InlineData(FirstByte.Puback, MqttVersion.V311, MqttReasonCode.Success, "40020102")]
    [InlineData(FirstByte.Puback, MqttVersion.V5, MqttReasonCode.Success, "40020102")]
    [InlineData(FirstByte.Puback, MqttVersion.V5, MqttReasonCode.QuotaExceeded, "4003010297")]
    [InlineData(FirstByte.Puback, MqttVersion.V311, MqttReasonCode.QuotaExceeded, "40020102")]
    [InlineData(FirstByte.Pubrec, MqttVersion.V5, MqttReasonCode.NotAuthorized, "5003010287")]
    [InlineData(FirstByte.Pubrel, MqttVersion.V311, MqttReasonCode.Success, "62020102")]
    [InlineData(FirstByte.Pubrel, MqttVersion.V5, MqttReasonCode.PacketIdentifierNotFound, "6203010292")]
    [InlineData(FirstByte.Pubcomp, MqttVersion.V5, MqttReasonCode.Success, "70020102")]
    public void Acknowledgement_EachKind_IsTheseBytes(byte first, MqttVersion version, MqttReasonCode reason, string bytes)
    {
        var target = new byte[AckEncoder.MostBytes];
        var count = AckEncoder.Write(target, first, 0x0102, reason, version);

        Assert.Equal(bytes, Convert.ToHexString(target, 0, count));
    }

    [Theory]
    [Trait("mqtt", "MQTT-3.8.1-1")]
    [InlineData(MqttVersion.V311, "82 0A 0007 000161 02 000162 00")]
    [InlineData(MqttVersion.V5, "82 0B 0007 00 000161 2E 000162 00")]
    public void Subscribe_TwoFilters_IsTheseBytes(MqttVersion version, string bytes)
    {
        MqttSubscription[] subscriptions =
        [
            new() { Filter = "a", Qos = MqttQos.ExactlyOnce, NoLocal = true, RetainAsPublished = true, RetainHandling = MqttRetainHandling.DoNotSend },
            new() { Filter = "b" },
        ];

        var packet = SubscribeEncoder.Subscribe(subscriptions, 7, version);

        Assert.Equal(bytes.Replace(" ", ""), Convert.ToHexString(packet));
    }

    [Theory]
    [Trait("mqtt", "MQTT-3.8.3-5")]
    [InlineData(MqttVersion.V311, 0xFC)]
    [InlineData(MqttVersion.V5, 0xC0)]
    public void Subscribe_EveryOption_LeavesReservedBitsZero(MqttVersion version, int reserved)
    {
        for (var bits = 0; bits < 3 * 3 * 4; bits++)
        {
            var subscription = new MqttSubscription
            {
                Filter = "a",
                Qos = (MqttQos)(bits % 3),
                RetainHandling = (MqttRetainHandling)(bits / 3 % 3),
                NoLocal = bits / 9 % 2 == 1,
                RetainAsPublished = bits / 18 == 1,
            };

            var options = SubscribeEncoder.Subscribe([subscription], 1, version)[^1];

            Assert.Equal(0, options & reserved);
            Assert.Equal((int)subscription.Qos, options & 3);
            Assert.NotEqual(0x30, options & 0x30);
        }
    }

    [Theory]
    [Trait("mqtt", "MQTT-3.10.1-1")]
    [InlineData(MqttVersion.V311, "A2 05 0007 000161")]
    [InlineData(MqttVersion.V5, "A2 06 0007 00 000161")]
    public void Unsubscribe_OneFilter_IsTheseBytes(MqttVersion version, string bytes)
        => Assert.Equal(bytes.Replace(" ", ""), Convert.ToHexString(SubscribeEncoder.Unsubscribe(["a"], 7, version)));

    [Theory]
    [Trait("mqtt", "MQTT-3.14.1-1")]
    [InlineData(MqttVersion.V311, MqttReasonCode.ProtocolError, "why", 0u, "E000")]
    [InlineData(MqttVersion.V5, MqttReasonCode.Success, null, null, "E000")]
    [InlineData(MqttVersion.V5, MqttReasonCode.PacketTooLarge, null, null, "E00195")]
    [InlineData(MqttVersion.V5, MqttReasonCode.Success, null, 0u, "E00700051100000000")]
    [InlineData(MqttVersion.V5, MqttReasonCode.ProtocolError, "why", null, "E00882061F0003776879")]
    public void Disconnect_EachShape_IsTheseBytes(MqttVersion version, MqttReasonCode reason, string? words, uint? expiry, string bytes)
        => Assert.Equal(bytes, Convert.ToHexString(DisconnectEncoder.Encode(version, reason, words, expiry, long.MaxValue)));

    [Theory]
    [Trait("mqtt", "MQTT-3.14.2-3")]
    [InlineData(10, "E00882061F0003776879")]
    [InlineData(9, "E00182")]
    public void Disconnect_WordsBeyondTheBrokersLimit_AreLeftOut(long limit, string bytes)
        => Assert.Equal(bytes, Convert.ToHexString(DisconnectEncoder.Encode(MqttVersion.V5, MqttReasonCode.ProtocolError, "why", null, limit)));

    // None of these is ever written, at no size: nothing that could have to yield
    [Fact]
    [Trait("mqtt", "MQTT-3.4.2-2")]
    [Trait("mqtt", "MQTT-3.4.2-3")]
    [Trait("mqtt", "MQTT-3.5.2-2")]
    [Trait("mqtt", "MQTT-3.5.2-3")]
    [Trait("mqtt", "MQTT-3.6.2-2")]
    [Trait("mqtt", "MQTT-3.6.2-3")]
    [Trait("mqtt", "MQTT-3.7.2-2")]
    [Trait("mqtt", "MQTT-3.7.2-3")]
    [Trait("mqtt", "MQTT-3.14.2-4")]
    [Trait("mqtt", "MQTT-3.15.2-2")]
    [Trait("mqtt", "MQTT-3.15.2-3")]
    public void Acknowledgement_AnyReason_NeverCarriesWordsOrUserProperties()
    {
        var target = new byte[100];
        foreach (var first in new[] { FirstByte.Puback, FirstByte.Pubrec, FirstByte.Pubrel, FirstByte.Pubcomp })
            foreach (var reason in Enum.GetValues<MqttReasonCode>())
            {
                Assert.InRange(AckEncoder.Write(target, first, 1, reason, MqttVersion.V5), 4, 5);
            }
        foreach (var reason in Enum.GetValues<MqttReasonCode>().Where(ReasonTable.MayDisconnectWith))
        {
            Assert.InRange(DisconnectEncoder.Encode(MqttVersion.V5, reason, null, null, long.MaxValue).Length, 2, 3);
        }
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.14.2-1")]
    public void Disconnect_EveryReason_OnlyThoseOfAClientPass()
    {
        byte[] allowed = [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];
        for (var code = 0; code < 256; code++)
        {
            var reason = (MqttReasonCode)code;
            var fault = Record.Exception(() => DisconnectEncoder.Encode(MqttVersion.V5, reason, null, null, long.MaxValue));

            Assert.Equal(allowed.Contains((byte)code), fault is null);
            if (fault is not null) Assert.IsType<MqttArgumentException>(fault);
        }
    }
}
