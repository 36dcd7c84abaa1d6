using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Client.Packets;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Packets;

public sealed class PublishEncoderTests
{
    [Theory]
    [Trait("mqtt", "MQTT-2.2.1-2")]
    [Trait("mqtt", "MQTT-2.2.2-1")]
    [Trait("mqtt", "MQTT-3.3.1-2")]
    [Trait("mqtt", "MQTT-4.3.1-1")]
    [InlineData(MqttVersion.V311, MqttQos.AtMostOnce, false, false, "30 04 000161 78")]
    [InlineData(MqttVersion.V5, MqttQos.AtMostOnce, true, false, "31 05 000161 00 78")]
    [InlineData(MqttVersion.V311, MqttQos.AtLeastOnce, true, true, "3B 06 000161 0007 78")]
    [InlineData(MqttVersion.V5, MqttQos.AtLeastOnce, false, false, "32 07 000161 0007 00 78")]
    [InlineData(MqttVersion.V311, MqttQos.ExactlyOnce, false, false, "34 06 000161 0007 78")]
    [InlineData(MqttVersion.V5, MqttQos.ExactlyOnce, true, true, "3D 07 000161 0007 00 78")]
    public void Encode_EachQos_HasItsFlagsAndIdentifier(MqttVersion version, MqttQos qos, bool retain, bool duplicate, string bytes)
    {
        var message = new MqttMessage { Topic = "a", Payload = "x"u8.ToArray(), Qos = qos, Retain = retain };

        Assert.Equal(bytes.Replace(" ", ""), Encode(message, version, 7, duplicate));
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.3.4-6")]
    public void Encode_AllProperties_AreTheseAndNoSubscriptionIdentifier()
    {
        var bytes = Encode(Full, MqttVersion.V5, 1, false);

        Assert.Equal("32" + "29" + "000161" + "0001" + "22" + "0101" + "020000000A" + "03000163" + "08000172" + "09000200FF" + "2600016E000176" + "2600016E000177" + "78", bytes.Replace(" ", ""));
    }

    [Fact]
    public void Encode_AllProperties_AreLeftOutIn311()
        => Assert.Equal("32" + "06" + "000161" + "0001" + "78", Encode(Full, MqttVersion.V311, 1, false));

    [Fact]
    [Trait("mqtt", "MQTT-1.5.4-3")]
    public void Encode_TopicWithMark_KeepsIt()
        => Assert.Equal("30" + "06" + "0004EFBBBF61", Encode(new() { Topic = "\uFEFFa" }, MqttVersion.V311, 0, false));

    [Theory]
    [Trait("mqtt", "MQTT-3.3.2-8")]
    [InlineData(true, "30 07 000161 03 230003")]
    [InlineData(false, "30 06 0000 03 230003")]
    public void Encode_Alias_GoesWithOrInsteadOfTheTopic(bool withTopic, string bytes)
        => Assert.Equal(bytes.Replace(" ", ""), Encode(new() { Topic = "a" }, MqttVersion.V5, 0, false, 3, withTopic));

    // Every length at which the fixed header grows
    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(2_097_151)]
    [InlineData(2_097_152)]
    public void Encode_AnySize_IsAsLongAsMeasured(int content)
    {
        foreach (var version in new[] { MqttVersion.V311, MqttVersion.V5 })
        {
            var message = new MqttMessage { Topic = "abc", Payload = new byte[content - (version == MqttVersion.V5 ? 6 : 5)] };
            var shape = PublishShape.Of(message, version);
            var target = new byte[shape.HeadSize(message)];

            Assert.Equal(content, shape.Content);
            Assert.Equal(target.Length, PublishEncoder.WriteHead(target, message, shape, 0, false));
        }
    }

    [Fact]
    public void Measure_MoreThanAPacketCanHold_IsNoSizeAtAll()
    {
        var property = new MqttUserProperty(new string('n', 60_000), new string('v', 60_000));
        var message = new MqttMessage { Topic = "a", UserProperties = [.. Enumerable.Repeat(property, 3000)] };

        Assert.Equal(long.MaxValue, Measure.Packet(PublishShape.Of(message, MqttVersion.V5).Content));
    }

    private static MqttMessage Full { get; } = new()
    {
        Topic = "a",
        Payload = "x"u8.ToArray(),
        Qos = MqttQos.AtLeastOnce,
        PayloadIsText = true,
        MessageExpirySeconds = 10,
        ContentType = "c",
        ResponseTopic = "r",
        CorrelationData = [0, 0xFF],
        UserProperties = [new("n", "v"), new("n", "w")],
    };

    private static string Encode(MqttMessage message, MqttVersion version, ushort id, bool duplicate, ushort alias = 0, bool withTopic = true)
    {
        var shape = PublishShape.Of(message, version, alias, withTopic);
        var head = new byte[shape.HeadSize(message)];
        Assert.Equal(head.Length, PublishEncoder.WriteHead(head, message, shape, id, duplicate));
        return Convert.ToHexString([.. head, .. message.Payload.Span]);
    }
}
