using System.Buffers.Binary;
using System.Text;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Client.Packets;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client.Packets;

public sealed class ConnectEncoderTests
{
    private static readonly MqttClientOptions s_plain = new() { Endpoint = new(MqttTransport.Tcp, "broker", 1883), ClientId = "me" };

    [Theory]
    [Trait("mqtt", "MQTT-3.1.2-1")]
    [Trait("mqtt", "MQTT-3.1.2-2")]
    [InlineData(MqttVersion.V311, "10 0E 00044D515454 04 02 003C 00026D65")]
    [InlineData(MqttVersion.V5, "10 14 00044D515454 05 02 003C 05 2700100000 00026D65")]
    public void Encode_Plain_IsTheseBytes(MqttVersion version, string bytes)
    {
        var options = s_plain with { ReceiveMaximum = 65_535 };

        Assert.Equal(bytes.Replace(" ", ""), Convert.ToHexString(ConnectEncoder.Encode(options, version, "me", cleanStart: true, 0)));
    }

    public static TheoryData<int> Combinations => [.. Enumerable.Range(0, 2 * 2 * 2 * 7 * 2)];

    [Theory]
    [Trait("mqtt", "MQTT-3.1.2-3")]
    [Trait("mqtt", "MQTT-3.1.2-9")]
    [Trait("mqtt", "MQTT-3.1.2-11")]
    [Trait("mqtt", "MQTT-3.1.2-12")]
    [Trait("mqtt", "MQTT-3.1.2-13")]
    [Trait("mqtt", "MQTT-3.1.2-16")]
    [Trait("mqtt", "MQTT-3.1.2-17")]
    [Trait("mqtt", "MQTT-3.1.2-18")]
    [Trait("mqtt", "MQTT-3.1.2-19")]
    [Trait("mqtt", "MQTT-3.1.3-1")]
    [Trait("mqtt", "MQTT-3.1.3-3")]
    [Trait("mqtt", "MQTT-3.1.3-4")]
    [Trait("mqtt", "MQTT-3.1.3-11")]
    [Trait("mqtt", "MQTT-3.1.3-12")]
    [MemberData(nameof(Combinations))]
    public void Encode_EveryCombination_HasFlagsThatMatchItsFields(int combination)
    {
        var (hasUser, hasPassword, clean, will, version) = (combination % 2 == 1, combination / 2 % 2 == 1, combination / 4 % 2 == 1, combination / 8 % 7, combination / 56 == 1 ? MqttVersion.V5 : MqttVersion.V311);
        byte[] password = [0, 0xFF, 0x80, 13];
        var options = s_plain with
        {
            Username = hasUser ? "Jürgen" : null,
            Password = hasPassword ? password : null,
            Will = will == 0 ? null : new() { Message = new() { Topic = "gone/é", Payload = new byte[] { 0, 0xED }, Qos = (MqttQos)((will - 1) % 3), Retain = will > 3 } },
        };

        var packet = new Fields(ConnectEncoder.Encode(options, version, "me", clean, sessionExpirySeconds: 7));

        Assert.Equal(0x10, packet.Byte());
        Assert.Equal(packet.Rest - 1, packet.Byte()); // all are shorter than 128 bytes
        Assert.Equal("MQTT", packet.Text());
        Assert.Equal((int)version, packet.Byte());
        var flags = packet.Byte();
        Assert.Equal(0, flags & 1);
        Assert.Equal(clean, (flags & 0x02) != 0);
        Assert.Equal(will != 0, (flags & 0x04) != 0);
        Assert.Equal(will == 0 ? 0 : (will - 1) % 3, (flags >> 3) & 3);
        Assert.Equal(will > 3, (flags & 0x20) != 0);
        Assert.Equal(hasPassword, (flags & 0x40) != 0);
        Assert.Equal(hasUser, (flags & 0x80) != 0);
        Assert.Equal(60, packet.Number());
        if (version == MqttVersion.V5) packet.Skip(packet.Byte());
        Assert.Equal("me", packet.Text());
        if (will != 0)
        {
            if (version == MqttVersion.V5) Assert.Equal(0, packet.Byte());
            Assert.Equal("gone/é", packet.Text());
            Assert.Equal(new byte[] { 0, 0xED }, packet.Binary());
        }
        if (hasUser) Assert.Equal("Jürgen", packet.Text());
        if (hasPassword) Assert.Equal(password, packet.Binary());
        Assert.Equal(0, packet.Rest);
    }

    [Fact]
    [Trait("mqtt", "3.1.2.11 Limits")]
    public void Encode_V5_StatesTheLimitsOnce()
    {
        var options = s_plain with { ReceiveMaximum = 2, MaximumPacketSize = 70_000, TopicAliasMaximum = 5, KeepAliveSeconds = 9 };

        var packet = Convert.ToHexString(ConnectEncoder.Encode(options, MqttVersion.V5, "me", cleanStart: false, sessionExpirySeconds: 300));

        Assert.Equal("10" + "1F" + "00044D515454" + "05" + "00" + "0009" + "10" + "110000012C" + "210002" + "2700011170" + "220005" + "00026D65", packet);
    }

    [Fact]
    public void Encode_WillWithProperties_PutsThemBeforeItsTopic()
    {
        var options = s_plain with
        {
            ReceiveMaximum = 65_535,
            Will = new() { DelaySeconds = 10, Message = new() { Topic = "w", ContentType = "a", PayloadIsText = true, UserProperties = [new("n", "v")] } },
        };

        var packet = Convert.ToHexString(ConnectEncoder.Encode(options, MqttVersion.V5, "", cleanStart: true, 0));

        Assert.EndsWith("0000" + "12" + "180000000A" + "0101" + "03000161" + "2600016E000176" + "000177" + "0000", packet);
    }

    private sealed class Fields(byte[] bytes)
    {
        private int _at;

        public int Rest => bytes.Length - _at;

        public int Byte() => bytes[_at++];

        public int Number()
        {
            _at += 2;
            return BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(_at - 2));
        }

        public byte[] Binary()
        {
            var length = Number();
            _at += length;
            return bytes[(_at - length).._at];
        }

        public string Text() => Encoding.UTF8.GetString(Binary());

        public void Skip(int count) => _at += count;
    }
}
