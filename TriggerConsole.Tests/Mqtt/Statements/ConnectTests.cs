using System.Text;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section C: CONNECT.</summary>
public sealed class ConnectTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.0-1"), Trait("mqtt", "MQTT-3.1.2-1"), Trait("mqtt", "MQTT-3.1.2-2")]
    public async Task Connect_OverEachTransport_IsTheFirstPacket(MqttVersion version)
    {
        using var certificates = new TestCertificates();
        var certificate = certificates.Make();
        foreach (var setup in new FakeMqttSetup[] { new(), new() { Certificate = certificate }, new() { WebSocket = true }, new() { WebSocket = true, Certificate = certificate } })
        {
            await using var bench = MqttClientBench.Start(version, o => o with { Tls = new() { CaCertificates = [certificates.Authority] } }, setup: setup);
            var connection = await bench.ConnectAsync();

            var connect = connection.Packets[0];
            Assert.Equal(MqttType.Connect, connect.Type);
            Assert.Equal(0, connect.Flags);
            Assert.Equal((byte)version, connect.Level);
            Assert.Equal("bench", connect.ClientId);
        }
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.0-2")]
    public async Task Connect_TwiceAtTheSameTime_SendsOneConnect(MqttVersion version)
    {
        await using var bench = MqttClientBench.Make(version);
        var first = bench.Client.ConnectAsync(CancellationToken.None);
        var second = bench.Client.ConnectAsync(CancellationToken.None);
        var connection = await bench.ConnectAsync();

        Assert.Null(await first);
        Assert.Null(await second);
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
        Assert.Single(connection.Packets, p => p.Type == MqttType.Connect);
        Assert.Equal(1, bench.Broker.Connections);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.2-4")]
    public async Task CleanStart_AfterACutInFlight_ResendsNothing(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version); // no session expiry: each connection begins anew
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.AtLeastOnce);
        await connection.ExpectAsync(MqttType.Publish);

        connection.Reset();
        var again = await bench.ConnectAsync();

        Assert.True(again.Packets[0].CleanStart);
        Assert.Equal(MqttPublishStatus.ConnectionLost, (await publish).Status);
        Assert.Equal(AliveState.Alive, await again.CheckAliveAsync(Eventually.Limit));
        Assert.DoesNotContain(again.Packets, p => p.Type == MqttType.Publish);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.3-6"), Trait("mqtt", "MQTT-3.1.3-7")]
    public async Task EmptyClientId_IsSentWithACleanStart(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { ClientId = "" });
        var connect = (await bench.ConnectAsync()).Packets[0];

        Assert.Equal("", connect.ClientId);
        Assert.True(connect.CleanStart);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.1.3-6")]
    public async Task AssignedClientId_OfASessionThatIsKept_IsUsedForTheReconnect()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { ClientId = "", SessionExpirySeconds = 3600 });
        var connection = await bench.ConnectAsync("12 0008 'assigned'");
        Assert.Equal("assigned", bench.Client.Status.AssignedClientId);

        connection.Reset();
        var again = (await bench.AcceptAsync()).Packets[0];

        Assert.Equal("assigned", again.ClientId);
        Assert.False(again.CleanStart);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "3.1.4 Wait for CONNACK")]
    public async Task Connack_Late_NothingButConnectIsSent(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with
        {
            Birth = new() { Topic = "birth" },
            Subscriptions = [new() { Filter = "a" }],
        });
        var connection = await bench.AcceptAsync();

        var early = await bench.PublishAsync(MqttQos.AtLeastOnce);
        await connection.AssertNothingAsync(1000);

        Assert.Equal(MqttPublishStatus.NotConnected, early.Status);
        await connection.SendAsync(FakeMqttBytes.Connack((int)version));
        await Eventually.TrueAsync(() => connection.Packets.Count >= 3, "birth message and subscription");
        Assert.Equal([MqttType.Publish, MqttType.Subscribe], connection.Packets.Skip(1).Take(2).Select(p => p.Type).Order());
    }

    [Fact]
    [Trait("mqtt", "3.1.2.11 Limits")]
    public async Task Properties_OfTheConnect_OccurOnceAndAreNeverZero()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { ReceiveMaximum = 7, MaximumPacketSize = 1000, TopicAliasMaximum = 5, SessionExpirySeconds = 60 });
        var connect = (await bench.ConnectAsync()).Packets[0];

        Assert.Equal(connect.Properties.Count, connect.Properties.DistinctBy(p => p.Id).Count());
        Assert.Equal([0, 7], Value(0x21));
        Assert.Equal([0, 0, 0x03, 0xE8], Value(0x27));
        Assert.Equal([0, 5], Value(0x22));
        Assert.Equal([0, 0, 0, 60], Value(0x11));

        byte[] Value(byte id) => connect.Properties.Single(p => p.Id == id).Value;
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.2-18"), Trait("mqtt", "MQTT-3.1.2-19"), Trait("mqtt", "MQTT-3.1.3-1"), Trait("mqtt", "MQTT-3.1.2-9")]
    public async Task Payload_WithEverything_IsInTheOrderOfTheStandard(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with
        {
            Username = "user",
            Password = [0, 0xFF, 0xC0],
            Will = new() { Message = new() { Topic = "will", Payload = "gone"u8.ToArray(), Qos = MqttQos.AtLeastOnce, Retain = true } },
        });
        var connect = (await bench.ConnectAsync()).Packets[0];

        Assert.Equal(0b1110_1110, connect.ConnectFlags);
        var none = version == MqttVersion.V5 ? "00" : "";
        var tail = FakeMqttBytes.Parse($"0005 'bench' {none} 0004 'will' 0004 'gone' 0004 'user' 0003 00FFC0");
        Assert.Equal(Convert.ToHexString(tail), Convert.ToHexString(connect.Body.AsSpan(Math.Max(0, connect.Body.Length - tail.Length))));
    }

    [Fact]
    [Trait("mqtt", "MQTT-4.12.0-6")]
    public async Task Connect_Always_AsksForNoEnhancedAuthentication()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { Username = "u", Password = Encoding.UTF8.GetBytes("p") });
        var connection = await bench.ConnectAsync();

        Assert.False(connection.Packets[0].Has(0x15));
        Assert.False(connection.Packets[0].Has(0x16));
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
        Assert.DoesNotContain(connection.Packets, p => p.Type == MqttType.Auth);
    }
}
