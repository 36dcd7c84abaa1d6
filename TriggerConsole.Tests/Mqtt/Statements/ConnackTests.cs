using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section D: what CONNACK says, and the limits that it sets. Wrong CONNACKs are in <see cref="MqttRows"/>.</summary>
public sealed class ConnackTests
{
    /// <summary>Version, code of the CONNACK, and the 5.0 code of the same meaning.</summary>
    public static TheoryData<MqttVersion, byte, byte> Refusals
    {
        get
        {
            var data = new TheoryData<MqttVersion, byte, byte>
            {
                { MqttVersion.V311, 1, 0x84 }, { MqttVersion.V311, 2, 0x85 }, { MqttVersion.V311, 3, 0x88 }, { MqttVersion.V311, 4, 0x86 }, { MqttVersion.V311, 5, 0x87 },
            };
            foreach (var code in new byte[] { 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F })
                data.Add(MqttVersion.V5, code, code);
            return data;
        }
    }

    [Theory, MemberData(nameof(Refusals))]
    [Trait("mqtt", "MQTT-3.2.2-6"), Trait("mqtt", "MQTT-3.2.2-7"), Trait("mqtt", "MQTT-3.2.2-8")]
    public async Task Refusal_EachCode_ReachesTheCaller(MqttVersion version, byte code, byte meaning)
    {
        await using var bench = MqttClientBench.Make(version);
        var connect = bench.Client.ConnectAsync(CancellationToken.None);
        var connection = await bench.AcceptAsync();
        await connection.SendAsync(FakeMqttBytes.Connack((int)version, "1F 0004 'why!'", code: code));

        var failure = await connect;

        Assert.Equal(MqttConnectFault.RefusedByBroker, failure!.Fault);
        Assert.Equal(meaning, (byte)failure.Reason!);
        Assert.NotEmpty(failure.Sentence);
        if (version == MqttVersion.V5) Assert.Contains("why!", failure.Sentence, StringComparison.Ordinal);
        await connection.ExpectClosedAsync();
        Assert.Single(connection.Packets); // nothing follows a refusal, not even DISCONNECT
    }

    [Theory]
    [InlineData(MqttVersion.V5, 0x86), InlineData(MqttVersion.V5, 0x87), InlineData(MqttVersion.V5, 0x8A), InlineData(MqttVersion.V311, 4), InlineData(MqttVersion.V311, 5)]
    [Trait("mqtt", "MQTT-3.2.2-7")]
    public async Task Refusal_OfCredentials_WaitsLongBeforeTheNextTry(MqttVersion version, byte code)
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(version, o => o with { Reconnect = new() }, time);
        await (await bench.AcceptAsync()).SendAsync(FakeMqttBytes.Connack((int)version, code: code));

        await Eventually.TrueAsync(() => bench.Client.Status.State == MqttState.Waiting, "the refusal to be noted");

        Assert.True(bench.Client.Status.NextTry - time.GetUtcNow() > TimeSpan.FromSeconds(5), $"It tries again at {bench.Client.Status.NextTry}.");
    }

    [Theory, InlineData(0), InlineData(1)]
    [Trait("mqtt", "MQTT-3.2.2-9"), Trait("mqtt", "MQTT-3.2.2-11")]
    public async Task MaximumQos_FromTheServer_IsNotExceeded(int maximum)
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync($"24 0{maximum}");

        for (var qos = maximum + 1; qos <= 2; qos++) Assert.Equal(MqttPublishStatus.NotSupported, (await bench.PublishAsync((MqttQos)qos)).Status);
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
        Assert.DoesNotContain(connection.Packets, p => p.Type == MqttType.Publish);
        var allowed = bench.PublishAsync((MqttQos)maximum);
        var sent = await connection.ExpectAsync(MqttType.Publish);
        if (maximum == 1) await connection.SendAsync(FakeMqttBytes.Answer(MqttType.Puback, sent.Id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await allowed).Status);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.2.2-14")]
    public async Task RetainAvailable_0_NothingIsRetained()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync("25 00");

        Assert.Equal(MqttPublishStatus.NotSupported, (await bench.PublishAsync(MqttQos.AtMostOnce, retain: true)).Status);
        Assert.Equal(MqttPublishStatus.Acknowledged, (await bench.PublishAsync(MqttQos.AtMostOnce)).Status);
        Assert.False((await connection.ExpectAsync(MqttType.Publish)).Retain);
    }

    [Theory, InlineData(MqttQos.AtMostOnce), InlineData(MqttQos.AtLeastOnce), InlineData(MqttQos.ExactlyOnce)]
    [Trait("mqtt", "MQTT-3.2.2-15")]
    public async Task MaximumPacketSize_OneByteAbove_FailsHereAndTheConnectionLives(MqttQos qos)
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync("27 00000400"); // 1,024 bytes with the header
        var overhead = 1 + 2 + 2 + 1 + (qos > 0 ? 2 : 0) + 1;

        var large = await bench.PublishAsync(qos, new string('x', 1024 - overhead + 1));
        var fitting = bench.PublishAsync(qos, new string('y', 1024 - overhead));

        Assert.Equal(MqttPublishStatus.TooLarge, large.Status);
        var sent = await connection.ExpectAsync(MqttType.Publish);
        Assert.Equal(1024 - 3, sent.Body.Length);
        Assert.Equal((byte)'y', sent.Payload[0]);
        if (qos == MqttQos.AtLeastOnce) await connection.SendAsync(FakeMqttBytes.Answer(MqttType.Puback, sent.Id));
        if (qos == MqttQos.ExactlyOnce) await connection.SendAsync(FakeMqttBytes.Answer(MqttType.Pubrec, sent.Id), FakeMqttBytes.Answer(MqttType.Pubcomp, sent.Id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await fitting).Status);
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
    }

    [Theory, InlineData(""), InlineData("22 0000"), InlineData("22 0003")]
    [Trait("mqtt", "MQTT-3.2.2-17"), Trait("mqtt", "MQTT-3.2.2-18"), Trait("mqtt", "MQTT-3.3.2-8"), Trait("mqtt", "MQTT-3.3.2-9")]
    public async Task TopicAlias_OfEachPublish_IsWithinTheServersMaximum(string properties)
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync(properties);
        var maximum = properties.Length == 0 ? 0 : properties[^1] - '0';

        for (var i = 0; i < 10; i++) await bench.PublishAsync(MqttQos.AtMostOnce, topic: $"topic/{i % 5}");

        foreach (var publish in await connection.ExpectAsync(MqttType.Publish, 10))
        {
            if (maximum == 0) Assert.False(publish.Has(0x23));
            foreach (var (_, value) in publish.Properties.Where(p => p.Id == 0x23)) Assert.InRange((value[0] << 8) | value[1], 1, maximum);
            Assert.True(publish.Topic.Length > 0 || publish.Has(0x23));
        }
    }

    [Fact]
    [Trait("mqtt", "3.2.2.3.11 Availability")]
    public async Task Availability_0_FiltersThatNeedItAreNotSent()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync("28 00 29 00 2A 00");

        var results = await Task.WhenAll(bench.SubscribeAsync("a/#"), bench.SubscribeAsync("+/b"), bench.SubscribeAsync("$share/g/a"));

        Assert.All(results, r => Assert.Equal(MqttSubscribeStatus.NotSupported, Assert.Single(r).Status));
        var plain = bench.SubscribeAsync("a/b");
        var sent = await connection.ExpectAsync(MqttType.Subscribe);
        Assert.Equal("a/b", Assert.Single(sent.Filters).Filter);
        Assert.False(sent.Has(0x0B));
        await connection.SendAsync(FakeMqttBytes.Suback(5, sent.Id, 2));
        Assert.Equal(MqttSubscribeStatus.Granted, Assert.Single(await plain).Status);
    }

    [Theory, InlineData(0x9C), InlineData(0x9D)]
    [Trait("mqtt", "4.11 Server Reference")]
    public async Task ServerReference_IsNeverFollowed(byte code)
    {
        await using var other = FakeMqttBroker.Start();
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        foreach (var reference in new[] { $"127.0.0.1:{other.Port}", $"localhost:{other.Port}", "169.254.169.254" })
        {
            var connection = await bench.AcceptAsync();
            await connection.SendAsync(FakeMqttBytes.Connack(5, "1C" + Convert.ToHexString(FakeMqttBytes.String(reference)), code: code));
            await connection.ExpectClosedAsync();
        }
        // The same in a DISCONNECT
        var connected = await bench.ConnectAsync();
        var properties = "1C" + Convert.ToHexString(FakeMqttBytes.String($"127.0.0.1:{other.Port}"));
        await connected.SendAsync(MqttRow.Packet("E0", $"{code:X2}" + MqttRow.Properties(properties)));
        await connected.ExpectClosedAsync();

        await bench.AcceptAsync(); // back at the broker that is configured
        Assert.Equal(0, other.Connections);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.2.2-5")]
    public async Task SessionPresent_0_DiscardsWhatWasInFlight()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { CleanStart = false, SessionExpirySeconds = 3600 });
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.AtLeastOnce);
        await connection.ExpectAsync(MqttType.Publish);

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync(sessionPresent: false);

        Assert.Equal(MqttPublishStatus.ConnectionLost, (await publish).Status);
        Assert.Equal(AliveState.Alive, await again.CheckAliveAsync(Eventually.Limit));
        Assert.DoesNotContain(again.Packets, p => p.Type == MqttType.Publish);
        _ = bench.PublishAsync(MqttQos.AtLeastOnce);
        Assert.False((await again.ExpectAsync(MqttType.Publish)).Duplicate);
    }
}
