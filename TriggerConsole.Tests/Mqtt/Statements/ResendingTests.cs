using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Sections E and H: what is in flight when the connection is cut, and the session that is kept.</summary>
public sealed class ResendingTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.3.1-1"), Trait("mqtt", "MQTT-3.3.1-3"), Trait("mqtt", "MQTT-4.4.0-1"), Trait("mqtt", "MQTT-3.1.2-23"), Trait("mqtt", "MQTT-4.1.0-1")]
    public async Task Qos1_CutBeforePuback_IsSentAgainWithTheSameIdentifierAndDup(MqttVersion version)
    {
        await using var bench = Start(version);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.AtLeastOnce);
        var first = await connection.ExpectAsync(MqttType.Publish);

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync(sessionPresent: true);
        var second = await again.ExpectAsync(MqttType.Publish);

        Assert.False(again.Packets[0].CleanStart);
        Assert.Equal((first.Id, true, 1), (second.Id, second.Duplicate, second.Qos));
        Assert.Equal(first.Body, second.Body);
        await again.SendAsync(Answer(MqttType.Puback, second.Id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await publish).Status);
    }

    [Theory]
    [InlineData(MqttVersion.V311, 1), InlineData(MqttVersion.V311, 2), InlineData(MqttVersion.V311, 3), InlineData(MqttVersion.V311, 4)]
    [InlineData(MqttVersion.V5, 1), InlineData(MqttVersion.V5, 2), InlineData(MqttVersion.V5, 3), InlineData(MqttVersion.V5, 4)]
    [Trait("mqtt", "MQTT-4.3.3-3"), Trait("mqtt", "MQTT-4.3.3-5"), Trait("mqtt", "MQTT-4.3.3-6"), Trait("mqtt", "MQTT-4.4.0-1")]
    public async Task Qos2_CutAtEachStep_GoesOnWhereItWas(MqttVersion version, int step)
    {
        await using var bench = Start(version);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.ExactlyOnce);
        var sent = await connection.ExpectAsync(MqttType.Publish);
        if (step >= 2) await connection.SendAsync(Answer(MqttType.Pubrec, sent.Id));
        if (step >= 3) await connection.ExpectAsync(MqttType.Pubrel);
        if (step == 2) await Eventually.TrueAsync(() => connection.Packets.Any(p => p.Type == MqttType.Pubrel), "PUBREL");
        if (step == 4) await connection.SendAsync(Answer(MqttType.Pubcomp, sent.Id));
        if (step == 4) await publish;

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync(sessionPresent: true);
        if (step == 1) // PUBREC had not come: PUBLISH again
        {
            Assert.True((await again.ExpectAsync(MqttType.Publish, p => p.Id == sent.Id)).Duplicate);
            await again.SendAsync(Answer(MqttType.Pubrec, sent.Id));
        }
        if (step < 4) // PUBREC has come: PUBREL only
        {
            await again.ExpectAsync(MqttType.Pubrel, p => p.Id == sent.Id);
            await again.SendAsync(Answer(MqttType.Pubcomp, sent.Id));
        }

        Assert.Equal(MqttPublishStatus.Acknowledged, (await publish.WaitAsync(Eventually.Limit)).Status);
        Assert.Equal(AliveState.Alive, await again.CheckAliveAsync(Eventually.Limit));
        Assert.Equal(step == 1 ? 1 : 0, again.Packets.Count(p => p.Type == MqttType.Publish));
        Assert.Equal(step == 4 ? 0 : 1, again.Packets.Count(p => p.Type == MqttType.Pubrel));
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.6.0-1"), Trait("mqtt", "MQTT-4.4.0-1")]
    public async Task FiveInFlight_Cut_AreSentAgainInOrder(MqttVersion version)
    {
        await using var bench = Start(version);
        var connection = await bench.ConnectAsync();
        var publishes = Enumerable.Range(0, 6).Select(i => bench.PublishAsync(i % 2 == 0 ? MqttQos.AtLeastOnce : MqttQos.ExactlyOnce, $"{i}")).ToList();
        var sent = await connection.ExpectAsync(MqttType.Publish, 6);
        await connection.SendAsync(Answer(MqttType.Puback, sent[2].Id)); // a gap
        await publishes[2];

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync(sessionPresent: true);
        var resent = await again.ExpectAsync(MqttType.Publish, 5);
        var later = bench.PublishAsync(MqttQos.AtLeastOnce, "later");
        var fresh = await again.ExpectAsync(MqttType.Publish);

        Assert.Equal(["0", "1", "3", "4", "5"], resent.Select(p => p.Text));
        Assert.All(resent, p => Assert.True(p.Duplicate));
        Assert.Equal(("later", false), (fresh.Text, fresh.Duplicate));
        foreach (var packet in resent.Append(fresh))
            await again.SendAsync(packet.Qos == 1 ? [Answer(MqttType.Puback, packet.Id)] : [Answer(MqttType.Pubrec, packet.Id), Answer(MqttType.Pubcomp, packet.Id)]);
        Assert.All(await Task.WhenAll([.. publishes, later]).WaitAsync(Eventually.Limit), r => Assert.Equal(MqttPublishStatus.Acknowledged, r.Status));
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.4.0-1"), Trait("mqtt", "MQTT-3.1.2-23")]
    public async Task Cut_TwoTimes_ResendsEachTimeUntilAcknowledged(MqttVersion version)
    {
        await using var bench = Start(version);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.AtLeastOnce);
        for (var i = 0; i < 3; i++)
        {
            await connection.ExpectAsync(MqttType.Publish, p => p.Duplicate == i > 0);
            await bench.CutAsync(connection);
            connection = await bench.ConnectAsync(sessionPresent: true);
        }
        await connection.SendAsync(Answer(MqttType.Puback, (await connection.ExpectAsync(MqttType.Publish)).Id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await publish).Status);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.3.4-7"), Trait("mqtt", "MQTT-4.4.0-1"), Trait("mqtt", "MQTT-3.2.2-15")]
    public async Task Resume_WithLowerLimits_KeepsThem()
    {
        await using var bench = Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync();
        var publishes = Enumerable.Range(0, 5).Select(i => bench.PublishAsync(MqttQos.AtLeastOnce, $"{i}")).ToList();
        await connection.ExpectAsync(MqttType.Publish, 5);

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync("21 0002", sessionPresent: true);
        for (var i = 0; i < 5; i++)
        {
            var packet = await again.ExpectAsync(MqttType.Publish, p => p.Text == $"{i}");
            if (i == 0) await again.ExpectAsync(MqttType.Publish, p => p.Text == "1");
            if (i == 0) await again.AssertNothingAsync(100);
            if (i == 1) continue;
            await again.SendAsync(Answer(MqttType.Puback, packet.Id));
            if (i == 0) i = 1;
        }
        await again.SendAsync(Answer(MqttType.Puback, again.Packets.First(p => p.Text == "1").Id));
        Assert.All(await Task.WhenAll(publishes).WaitAsync(Eventually.Limit), r => Assert.Equal(MqttPublishStatus.Acknowledged, r.Status));
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.2.2-15"), Trait("mqtt", "MQTT-3.2.2-11"), Trait("mqtt", "MQTT-3.2.2-14")]
    public async Task Resume_AtABrokerThatTakesLess_SendsNothingThatItDoesNotTake()
    {
        await using var bench = Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync();
        var large = bench.PublishAsync(MqttQos.AtLeastOnce, new string('x', 2000));
        var high = bench.PublishAsync(MqttQos.ExactlyOnce);
        var retained = bench.PublishAsync(MqttQos.AtLeastOnce, retain: true);
        var fitting = bench.PublishAsync(MqttQos.AtLeastOnce, "fits");
        await connection.ExpectAsync(MqttType.Publish, 4);

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync("27 00000400 24 01 25 00", sessionPresent: true);
        await again.SendAsync(Answer(MqttType.Puback, (await again.ExpectAsync(MqttType.Publish, p => p.Text == "fits")).Id));

        Assert.Equal(MqttPublishStatus.Acknowledged, (await fitting).Status);
        foreach (var publish in new[] { large, high, retained }) Assert.NotEqual(MqttPublishStatus.Acknowledged, (await publish.WaitAsync(Eventually.Limit)).Status);
        Assert.Equal(AliveState.Alive, await again.CheckAliveAsync(Eventually.Limit));
        Assert.Single(again.Packets, p => p.Type == MqttType.Publish);
        Assert.Equal(0, bench.Client.Status.InFlight);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.3.2-7"), Trait("mqtt", "MQTT-3.2.2-17")]
    public async Task Resume_AfterTopicAliases_SaysTheTopicAnew()
    {
        await using var bench = Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync("22 0003");
        var publishes = Enumerable.Range(0, 3).Select(i => bench.PublishAsync(MqttQos.AtLeastOnce, $"{i}", "one/topic")).ToList();
        await connection.ExpectAsync(MqttType.Publish, 3);

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync("22 0002", sessionPresent: true);
        var known = new Dictionary<int, string>();
        foreach (var packet in await again.ExpectAsync(MqttType.Publish, 3))
        {
            var topic = packet.Topic;
            foreach (var (_, value) in packet.Properties.Where(p => p.Id == 0x23))
            {
                Assert.InRange((value[0] << 8) | value[1], 1, 2);
                if (topic.Length > 0) known[value[1]] = topic;
                else topic = known.GetValueOrDefault(value[1], "");
            }
            Assert.Equal("one/topic", topic);
            await again.SendAsync(Answer(MqttType.Puback, packet.Id));
        }
        await Task.WhenAll(publishes).WaitAsync(Eventually.Limit);
    }

    [Fact]
    [Trait("mqtt", "Project: session over a restart"), Trait("mqtt", "MQTT-4.3.3-10")]
    public async Task NewClient_WithAnOldSession_StartsClean()
    {
        // The rule: a session lives as long as the client object; what was in flight before a restart is sent anew by the durable queue
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { SessionExpirySeconds = 3600 });
        var connect = (await bench.AcceptAsync()).Packets[0];

        Assert.True(connect.CleanStart);
    }

    [Fact]
    [Trait("mqtt", "Project: session over a restart"), Trait("mqtt", "MQTT-3.1.2-4")]
    public async Task NewClient_WithAnOldSessionIn311_HasItForgottenFirst()
    {
        // One CONNECT of 3.1.1 cannot ask for both, an end of the old session and a new one that lasts
        await using var bench = MqttClientBench.Start(MqttVersion.V311, o => o with { SessionExpirySeconds = 3600 });
        var found = await bench.AcceptAsync();
        Assert.False(found.Packets[0].CleanStart);
        await found.SendAsync(Connack(4, sessionPresent: true));
        await found.ExpectClosedAsync();
        var clean = await bench.AcceptAsync();
        Assert.True(clean.Packets[0].CleanStart);
        await clean.SendAsync(Connack(4));
        await clean.ExpectClosedAsync();
        var kept = await bench.ConnectAsync();

        Assert.False(kept.Packets[0].CleanStart);
        Assert.Equal(MqttState.Connected, bench.Client.Status.State);
    }

    private static MqttClientBench Start(MqttVersion version) => MqttClientBench.Start(version, o => o with { CleanStart = false, SessionExpirySeconds = 3600 });
}
