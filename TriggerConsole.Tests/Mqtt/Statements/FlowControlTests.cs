using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section G: flow control and order.</summary>
public sealed class FlowControlTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, InlineData(1), InlineData(2), InlineData(20)]
    [Trait("mqtt", "MQTT-3.3.4-7"), Trait("mqtt", "MQTT-4.9.0-1"), Trait("mqtt", "MQTT-4.9.0-2"), Trait("mqtt", "3.2.2.3.3 Receive Maximum"), Trait("mqtt", "4.9 Quota")]
    public async Task ReceiveMaximum_OfTheServer_IsNeverExceeded(ushort maximum)
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync($"21 {maximum:X4}");
        var publishes = Enumerable.Range(0, 60).Select(i => bench.PublishAsync(i % 3 == 0 ? MqttQos.ExactlyOnce : MqttQos.AtLeastOnce, $"{i}")).ToList();
        var open = new HashSet<ushort>();
        var rounds = new Random(1);
        for (var ended = 0; ended < publishes.Count;)
        {
            while (open.Count < Math.Min(maximum, publishes.Count - ended)) Assert.True(open.Add((await connection.ExpectAsync(MqttType.Publish)).Id));
            if (ended % 10 == 0) await connection.AssertNothingAsync(50); // the window is full: no more than that
            var last = connection.Packets.Where(p => p.Type == MqttType.Publish && open.Contains(p.Id)).GroupBy(p => p.Id).Select(g => g.Last()).ElementAt(rounds.Next(open.Count));
            if (last.Qos == 1) await connection.SendAsync(Answer(MqttType.Puback, last.Id), Answer(MqttType.Puback, last.Id)); // twice: counts once
            else if (ended % 2 == 0) await connection.SendAsync(Answer(MqttType.Pubrec, last.Id, 0x97)); // a refusal frees a place too
            else
            {
                await connection.SendAsync(Answer(MqttType.Pubrec, last.Id));
                await connection.ExpectAsync(MqttType.Pubrel);
                await connection.AssertNothingAsync(5); // PUBREC alone frees none
                await connection.SendAsync(Answer(MqttType.Pubcomp, last.Id), Answer(MqttType.Pubcomp, last.Id));
            }
            open.Remove(last.Id);
            ended++;
        }
        Assert.All(await Task.WhenAll(publishes).WaitAsync(Eventually.Limit), r => Assert.True(r.Status is MqttPublishStatus.Acknowledged or MqttPublishStatus.Refused));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => $"{i}"), connection.Packets.Where(p => p.Type == MqttType.Publish).Select(p => p.Text));
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "4.6 Window of one"), Trait("mqtt", "MQTT-4.9.0-1")]
    public async Task OwnWindow_OfOne_GivesStrictOrder(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { MaximumInFlight = 1 });
        var connection = await bench.ConnectAsync();
        var publishes = Enumerable.Range(0, 10).Select(i => bench.PublishAsync(MqttQos.AtLeastOnce, $"{i}")).ToList();
        for (var i = 0; i < 10; i++)
        {
            var sent = await connection.ExpectAsync(MqttType.Publish, p => p.Text == $"{i}");
            if (i < 3) await connection.AssertNothingAsync(50);
            await connection.SendAsync(Answer(MqttType.Puback, sent.Id));
        }
        Assert.All(await Task.WhenAll(publishes), r => Assert.Equal(MqttPublishStatus.Acknowledged, r.Status));
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.3.4-8"), Trait("mqtt", "MQTT-4.9.0-3")]
    public async Task FullWindow_OtherPackets_AreNotHeldBack()
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { KeepAliveSeconds = 10 }, time);
        var connection = await bench.ConnectAsync("21 0001");
        var held = bench.PublishAsync(MqttQos.ExactlyOnce, "held");
        var id = (await connection.ExpectAsync(MqttType.Publish)).Id;
        var waiting = bench.PublishAsync(MqttQos.AtLeastOnce, "waiting");

        var free = bench.PublishAsync(MqttQos.AtMostOnce, "free");
        await connection.ExpectAsync(MqttType.Publish, p => p.Text == "free");
        Assert.Equal(MqttPublishStatus.Acknowledged, (await free).Status);
        var subscribe = bench.SubscribeAsync("a");
        await connection.SendAsync(Suback(5, (await connection.ExpectAsync(MqttType.Subscribe)).Id, 2));
        Assert.Equal(MqttSubscribeStatus.Granted, Assert.Single(await subscribe).Status);
        time.Advance(TimeSpan.FromSeconds(10));
        await connection.ExpectAsync(MqttType.Pingreq);
        await connection.SendAsync("D0 00");
        await connection.SendAsync(Publish(5, "x", "1", 1, 5));
        await connection.ExpectAsync(MqttType.Puback, p => p.Id == 5);
        await connection.SendAsync(Answer(MqttType.Pubrec, id));
        await connection.ExpectAsync(MqttType.Pubrel);

        Assert.False(waiting.IsCompleted);
        await connection.SendAsync(Answer(MqttType.Pubcomp, id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await held).Status);
        await connection.ExpectAsync(MqttType.Publish, p => p.Text == "waiting");
    }

    [Theory, InlineData(1), InlineData(2)]
    [Trait("mqtt", "MQTT-3.3.4-9")]
    public async Task OurReceiveMaximum_Exceeded_Closes(int qos)
    {
        var never = new TaskCompletionSource();
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with
        {
            ReceiveMaximum = 2,
            Reconnect = MqttClientBench.Never,
            OnMessage = async (_, token) => await never.Task.WaitAsync(token),
        });
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Publish(5, "a", "1", qos, 1), Publish(5, "a", "2", qos, 2));
        await connection.AssertNothingAsync(100);
        await connection.SendAsync(Publish(5, "a", "3", qos, 3));

        Assert.Equal(0x93, (await connection.ExpectClosedAsync())!.Reason);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.3.4-9")]
    public async Task OurReceiveMaximum_Qos2UntilPubcomp_CountsAsOpen()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { ReceiveMaximum = 2, Reconnect = MqttClientBench.Never });
        var connection = await bench.ConnectAsync();
        await connection.SendAsync(Publish(5, "a", "1", 2, 1), Publish(5, "a", "2", 2, 2));
        await connection.ExpectAsync(MqttType.Pubrec, 2);
        await connection.SendAsync(Answer(MqttType.Pubrel, 1));
        await connection.ExpectAsync(MqttType.Pubcomp);
        await connection.SendAsync(Publish(5, "a", "3", 1, 3)); // in the place that became free
        await connection.ExpectAsync(MqttType.Puback, p => p.Id == 3);
        await connection.SendAsync(Publish(5, "a", "4", 2, 4));
        await connection.ExpectAsync(MqttType.Pubrec, p => p.Id == 4);

        await connection.SendAsync(Publish(5, "a", "5", 2, 5)); // 2, 4 and 5

        Assert.Equal(0x93, (await connection.ExpectClosedAsync())!.Reason);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.6.0-2"), Trait("mqtt", "MQTT-4.6.0-3"), Trait("mqtt", "MQTT-4.6.0-4")]
    public async Task Acknowledgements_KeepTheOrderOfWhatTheyAnswer(MqttVersion version)
    {
        // Later messages would be handled faster, if they were handled at the same time
        await using var bench = MqttClientBench.Start(version, o => o with { OnMessage = async (message, token) => await Task.Delay(message.Payload[0] * 10, token) });
        var connection = await bench.ConnectAsync();
        var number = (int)version;

        await connection.SendAsync([.. Enumerable.Range(1, 5).Select(i => Publish(number, "a", [(byte)(5 - i)], 1, (ushort)i)), .. Enumerable.Range(6, 5).Select(i => Publish(number, "a", [(byte)(10 - i)], 2, (ushort)i))]);

        Assert.Equal([1, 2, 3, 4, 5], (await connection.ExpectAsync(MqttType.Puback, 5)).Select(p => (int)p.Id));
        Assert.Equal([6, 7, 8, 9, 10], (await connection.ExpectAsync(MqttType.Pubrec, 5)).Select(p => (int)p.Id));
        // PUBREL follows the order of PUBREC, not that of PUBLISH
        var publishes = Enumerable.Range(0, 3).Select(_ => bench.PublishAsync(MqttQos.ExactlyOnce)).ToList();
        var ids = (await connection.ExpectAsync(MqttType.Publish, 3)).Select(p => p.Id).Reverse().ToList();
        await connection.SendAsync([.. ids.Select(id => Answer(MqttType.Pubrec, id))]);
        Assert.Equal(ids, (await connection.ExpectAsync(MqttType.Pubrel, 3)).Select(p => p.Id));
        await connection.SendAsync([.. ids.Select(id => Answer(MqttType.Pubcomp, id))]);
        await Task.WhenAll(publishes).WaitAsync(Eventually.Limit);
    }
}
