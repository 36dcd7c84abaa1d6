using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section I: SUBSCRIBE and UNSUBSCRIBE, and their answers. Wrong answers are in <see cref="MqttRows"/>.</summary>
public sealed class SubscribingTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.8.4-7"), Trait("mqtt", "MQTT-3.9.3-1"), Trait("mqtt", "MQTT-3.8.4-2"), Trait("mqtt", "MQTT-3.8.1-1")]
    public async Task Suback_Codes_AreReadInOrder(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        byte[] codes = version == MqttVersion.V5 ? [2, 0x80, 0, 0x87, 1, 0x8F, 0x97, 0x9E, 0xA1, 0xA2] : [2, 0x80, 0, 0x80, 1];
        var filters = Enumerable.Range(0, codes.Length).Select(i => $"f/{i}").ToArray();
        var subscribe = bench.SubscribeAsync(filters);
        var sent = await connection.ExpectAsync(MqttType.Subscribe);

        await connection.SendAsync(Suback((int)version, sent.Id, codes));

        var results = await subscribe;
        Assert.Equal(2, sent.Flags);
        Assert.Equal(filters, sent.Filters.Select(f => f.Filter));
        Assert.All(sent.Filters, f => Assert.Equal(2, f.Options));
        Assert.Equal(filters, results.Select(r => r.Filter));
        Assert.Equal(codes.Select(c => c < 0x80 ? MqttSubscribeStatus.Granted : MqttSubscribeStatus.Refused), results.Select(r => r.Status));
        Assert.Equal(codes.Select(c => c < 0x80 ? (MqttQos?)c : null), results.Select(r => r.Granted)); // lower than asked for is shown
        if (version == MqttVersion.V5) Assert.Equal(codes.Where(c => c >= 0x80), results.Where(r => r.Granted is null).Select(r => (byte)r.Reason));
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.10.4-5"), Trait("mqtt", "MQTT-3.11.3-1"), Trait("mqtt", "MQTT-3.11.3-2"), Trait("mqtt", "MQTT-3.10.1-1")]
    public async Task Unsuback_Codes_AreReadInOrder(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        var unsubscribe = bench.Client.UnsubscribeAsync(["a", "b", "c"], CancellationToken.None);
        var sent = await connection.ExpectAsync(MqttType.Unsubscribe);

        await connection.SendAsync(Unsuback((int)version, sent.Id, 0, 0x11, 0x87));

        var results = await unsubscribe;
        Assert.Equal(2, sent.Flags);
        Assert.Equal(["a", "b", "c"], sent.Filters.Select(f => f.Filter));
        var last = version == MqttVersion.V5 ? MqttSubscribeStatus.Refused : MqttSubscribeStatus.Granted;
        Assert.Equal([MqttSubscribeStatus.Granted, MqttSubscribeStatus.Granted, last], results.Select(r => r.Status));
        if (version == MqttVersion.V5) Assert.Equal(MqttReasonCode.NoSubscriptionExisted, results[1].Reason);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-2.2.1-6"), Trait("mqtt", "MQTT-3.8.4-2")]
    public async Task Answer_WithAnotherIdentifier_DoesNotComplete(MqttVersion version)
    {
        var time = new ManualTimeProvider();
        foreach (var unsubscribe in new[] { false, true })
        {
            await using var bench = MqttClientBench.Start(version, o => o with { KeepAliveSeconds = 0, Reconnect = MqttClientBench.Never, PacketDeadline = TimeSpan.FromSeconds(30) }, time);
            var connection = await bench.ConnectAsync();
            var request = unsubscribe ? bench.Client.UnsubscribeAsync(["a"], CancellationToken.None) : bench.SubscribeAsync("a");
            var id = (ushort)((await connection.ExpectAsync(unsubscribe ? MqttType.Unsubscribe : MqttType.Subscribe)).Id + 1);

            await connection.SendAsync(unsubscribe ? Unsuback((int)version, id, 0) : Suback((int)version, id, 0));
            Assert.NotEqual(AliveState.Hangs, await connection.CheckAliveAsync(Eventually.Limit));
            if (request.IsCompleted) Assert.NotEqual(MqttSubscribeStatus.Granted, Assert.Single(await request).Status);
            for (var i = 0; i < 31; i++) time.Advance(TimeSpan.FromSeconds(1));

            Assert.Contains(Assert.Single(await request.WaitAsync(Eventually.Limit)).Status, new[] { MqttSubscribeStatus.NoAnswer, MqttSubscribeStatus.ConnectionLost });
        }
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.10.4-3")]
    public async Task Messages_AfterUnsubscribe_AreAcknowledged(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        var unsubscribe = bench.Client.UnsubscribeAsync(["a"], CancellationToken.None);
        var sent = await connection.ExpectAsync(MqttType.Unsubscribe);

        await connection.SendAsync(Publish((int)version, "a", "1", 1, 8));
        await connection.ExpectAsync(MqttType.Puback, p => p.Id == 8);
        await connection.SendAsync(Unsuback((int)version, sent.Id, 0));
        await unsubscribe;
        await connection.SendAsync(Publish((int)version, "a", "2", 2, 9));
        await connection.ExpectAsync(MqttType.Pubrec, p => p.Id == 9);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.8.3-5")]
    public async Task Options_OfEachFilter_AreAsAskedFor(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        _ = bench.Client.SubscribeAsync(
            [
                new() { Filter = "a", Qos = MqttQos.AtLeastOnce, NoLocal = version == MqttVersion.V5, RetainAsPublished = version == MqttVersion.V5, RetainHandling = version == MqttVersion.V5 ? MqttRetainHandling.DoNotSend : MqttRetainHandling.Send },
                new() { Filter = "b" },
            ], CancellationToken.None);

        var sent = await connection.ExpectAsync(MqttType.Subscribe);

        Assert.Equal([("a", (byte)(version == MqttVersion.V5 ? 0b0010_1101 : 1)), ("b", (byte)0)], sent.Filters);
    }
}
