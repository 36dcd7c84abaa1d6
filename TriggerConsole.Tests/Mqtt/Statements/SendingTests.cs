using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section E: publishing at QoS 0, 1 and 2 on one connection. What happens over a cut is in <see cref="ResendingTests"/>.</summary>
public sealed class SendingTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.2-1"), Trait("mqtt", "MQTT-4.3.2-2"), Trait("mqtt", "MQTT-4.3.2-3"), Trait("mqtt", "MQTT-2.2.1-3")]
    public async Task Qos1_EndsWithItsPuback(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        var first = bench.PublishAsync(MqttQos.AtLeastOnce, "1");
        var second = bench.PublishAsync(MqttQos.AtLeastOnce, "2");
        var sent = await connection.ExpectAsync(MqttType.Publish, 2);

        Assert.All(sent, p => Assert.Equal((1, false), (p.Qos, p.Duplicate)));
        Assert.NotEqual(sent[0].Id, sent[1].Id);
        Assert.DoesNotContain((ushort)0, sent.Select(p => p.Id));
        await connection.SendAsync(Answer(MqttType.Puback, sent[1].Id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await second).Status);
        Assert.False(first.IsCompleted);
        await connection.SendAsync(Answer(MqttType.Puback, sent[0].Id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await first).Status);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.3-1"), Trait("mqtt", "MQTT-4.3.3-2"), Trait("mqtt", "MQTT-4.3.3-3"), Trait("mqtt", "MQTT-4.3.3-4"), Trait("mqtt", "MQTT-4.3.3-5"), Trait("mqtt", "MQTT-2.2.1-5")]
    public async Task Qos2_EndsWithItsPubcomp(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.ExactlyOnce);
        var sent = await connection.ExpectAsync(MqttType.Publish);
        Assert.Equal((2, false), (sent.Qos, sent.Duplicate));

        await connection.AssertNothingAsync(100); // no PUBREL before PUBREC
        await connection.SendAsync(Answer(MqttType.Pubrec, sent.Id));
        var release = await connection.ExpectAsync(MqttType.Pubrel);

        Assert.Equal((sent.Id, 2), (release.Id, release.Flags));
        Assert.False(publish.IsCompleted);
        await connection.SendAsync(Answer(MqttType.Pubcomp, sent.Id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await publish).Status);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.3.1-2"), Trait("mqtt", "MQTT-4.3.1-1"), Trait("mqtt", "MQTT-2.2.1-2"), Trait("mqtt", "MQTT-3.3.4-6"), Trait("mqtt", "MQTT-2.2.2-1")]
    public async Task Qos0_HasNoIdentifierAndNoDup(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();

        Assert.Equal(MqttPublishStatus.Acknowledged, (await bench.PublishAsync(MqttQos.AtMostOnce)).Status);

        var sent = await connection.ExpectAsync(MqttType.Publish);
        Assert.Equal(0, sent.Flags);
        Assert.Equal(Parse(version == MqttVersion.V5 ? "0001 't' 00 'x'" : "0001 't' 'x'"), sent.Body);
    }

    [Theory]
    [InlineData(0x00, true), InlineData(0x10, true), InlineData(0x80, false), InlineData(0x83, false), InlineData(0x87, false), InlineData(0x90, false), InlineData(0x91, false), InlineData(0x97, false), InlineData(0x99, false)]
    [Trait("mqtt", "MQTT-3.4.2-1"), Trait("mqtt", "MQTT-4.4.0-2")]
    public async Task Puback_EachCode_EndsTheExchange(byte code, bool delivered)
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync();
        foreach (var tail in new[] { "", "00", "04 1F 0001 'r'" }) // without properties, with none, with one
        {
            var publish = bench.PublishAsync(MqttQos.AtLeastOnce);
            var sent = await connection.ExpectAsync(MqttType.Publish);
            await connection.SendAsync(MqttRow.Packet("40", $"{{pid}} {code:X2} {tail.Replace(" ", "", StringComparison.Ordinal)}"), sent.Id);

            var result = await publish.WaitAsync(Eventually.Limit);

            Assert.Equal(delivered ? MqttPublishStatus.Acknowledged : MqttPublishStatus.Refused, result.Status);
            Assert.Equal(code, (byte)result.Reason);
            Assert.Equal(tail.Length > 2 ? "r" : null, result.ReasonText);
        }
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
        Assert.Equal(3, connection.Packets.Count(p => p.Type == MqttType.Publish)); // none again
        Assert.Equal(0, bench.Client.Status.InFlight);
    }

    [Theory]
    [InlineData(0x80), InlineData(0x83), InlineData(0x87), InlineData(0x90), InlineData(0x91), InlineData(0x97), InlineData(0x99)]
    [Trait("mqtt", "MQTT-4.3.3-4")]
    public async Task Pubrec_ThatRefuses_EndsTheExchangeWithoutPubrel(byte code)
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync("21 0001");
        var publish = bench.PublishAsync(MqttQos.ExactlyOnce);
        var sent = await connection.ExpectAsync(MqttType.Publish);

        await connection.SendAsync(Answer(MqttType.Pubrec, sent.Id, code));

        var result = await publish.WaitAsync(Eventually.Limit);
        Assert.Equal((MqttPublishStatus.Refused, code), (result.Status, (byte)result.Reason));
        await connection.AssertNothingAsync(code == 0x87 ? 2000 : 100);
        // The identifier and the place in the window (which is 1) are free
        var next = bench.PublishAsync(MqttQos.AtLeastOnce);
        await connection.SendAsync(Answer(MqttType.Puback, (await connection.ExpectAsync(MqttType.Publish)).Id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await next).Status);
    }

    [Theory, InlineData("00"), InlineData("10"), InlineData("00 00"), InlineData("10 04 1F 0001 'r'")]
    [Trait("mqtt", "MQTT-4.3.3-4")]
    public async Task Pubrec_ThatAccepts_IsFollowedByPubrel(string tail)
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.ExactlyOnce);
        var sent = await connection.ExpectAsync(MqttType.Publish);

        await connection.SendAsync(MqttRow.Packet("50", "{pid}" + tail), sent.Id);
        await connection.ExpectAsync(MqttType.Pubrel, p => p.Id == sent.Id);
        await connection.SendAsync(Answer(MqttType.Pubcomp, sent.Id, 0));

        Assert.Equal(MqttPublishStatus.Acknowledged, (await publish).Status);
    }

    [Fact]
    [Trait("mqtt", "MQTT-4.3.3-4")]
    public async Task Pubcomp_OfAnIdentifierThatTheServerForgot_EndsTheExchange()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.ExactlyOnce);
        var sent = await connection.ExpectAsync(MqttType.Publish);
        await connection.SendAsync(Answer(MqttType.Pubrec, sent.Id));
        await connection.ExpectAsync(MqttType.Pubrel);

        await connection.SendAsync(Answer(MqttType.Pubcomp, sent.Id, 0x92));

        await publish.WaitAsync(Eventually.Limit); // PUBREC took it; whichever way it is told, it has ended
        Assert.Equal(0, bench.Client.Status.InFlight);
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
    }

    [Fact]
    [Trait("mqtt", "MQTT-4.3.3-7")]
    public async Task MessageExpiry_AfterPublishWasSent_DoesNotBreakTheExchange()
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { KeepAliveSeconds = 0 }, time);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(new MqttMessage { Topic = "t", Qos = MqttQos.ExactlyOnce, MessageExpirySeconds = 1 });
        var sent = await connection.ExpectAsync(MqttType.Publish);

        time.Advance(TimeSpan.FromSeconds(3));
        await connection.SendAsync(Answer(MqttType.Pubrec, sent.Id));
        await connection.ExpectAsync(MqttType.Pubrel, p => p.Id == sent.Id);
        await connection.SendAsync(Answer(MqttType.Pubcomp, sent.Id));

        Assert.Equal(MqttPublishStatus.Acknowledged, (await publish).Status);
    }

    [Theory]
    [InlineData(MqttVersion.V311, MqttQos.AtLeastOnce, "50 02 {pid}"), InlineData(MqttVersion.V311, MqttQos.AtLeastOnce, "70 02 {pid}")]
    [InlineData(MqttVersion.V311, MqttQos.ExactlyOnce, "40 02 {pid}"), InlineData(MqttVersion.V311, MqttQos.ExactlyOnce, "70 02 {pid}")]
    [InlineData(MqttVersion.V5, MqttQos.AtLeastOnce, "50 02 {pid}"), InlineData(MqttVersion.V5, MqttQos.AtLeastOnce, "70 02 {pid}")]
    [InlineData(MqttVersion.V5, MqttQos.ExactlyOnce, "40 02 {pid}"), InlineData(MqttVersion.V5, MqttQos.ExactlyOnce, "70 02 {pid}")]
    [InlineData(MqttVersion.V5, MqttQos.AtLeastOnce, "90 04 {pid} 00 00"), InlineData(MqttVersion.V5, MqttQos.AtLeastOnce, "B0 04 {pid} 00 00")]
    [Trait("mqtt", "MQTT-3.3.4-1")]
    public async Task Acknowledgement_OfTheWrongKind_NeverCountsAsDelivered(MqttVersion version, MqttQos qos, string bytes)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { Reconnect = MqttClientBench.Never });
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(qos);
        var sent = await connection.ExpectAsync(MqttType.Publish);

        await connection.SendAsync(bytes, sent.Id);

        // Whether it is ignored or ends the connection is left to the client
        Assert.NotEqual(AliveState.Hangs, await connection.CheckAliveAsync(Eventually.Limit));
        if (publish.IsCompleted) Assert.Equal(MqttPublishStatus.ConnectionLost, (await publish).Status);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "4.3 Unknown identifiers")]
    public async Task Acknowledgement_OfAnUnknownIdentifier_CompletesNothing(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        var one = bench.PublishAsync(MqttQos.AtLeastOnce);
        var two = bench.PublishAsync(MqttQos.ExactlyOnce);
        var sent = await connection.ExpectAsync(MqttType.Publish, 2);

        await connection.SendAsync(Answer(MqttType.Puback, 0x4321), Answer(MqttType.Pubcomp, 0x4321), Answer(MqttType.Pubrec, 0x4321));
        var release = await connection.ExpectAsync(MqttType.Pubrel);

        Assert.Equal(0x4321, release.Id);
        if (version == MqttVersion.V5) Assert.Equal(0x92, release.Reason);
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
        Assert.False(one.IsCompleted || two.IsCompleted);
        await connection.SendAsync(Answer(MqttType.Puback, sent[0].Id));
        Assert.Equal(MqttPublishStatus.Acknowledged, (await one).Status);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "4.3 Duplicate acknowledgements")]
    public async Task Acknowledgement_Twice_CompletesOnce(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        var one = bench.PublishAsync(MqttQos.AtLeastOnce);
        var two = bench.PublishAsync(MqttQos.ExactlyOnce);
        var other = bench.PublishAsync(MqttQos.AtLeastOnce);
        var sent = await connection.ExpectAsync(MqttType.Publish, 3);

        await connection.SendAsync(Answer(MqttType.Puback, sent[0].Id), Answer(MqttType.Puback, sent[0].Id));
        await connection.SendAsync(Answer(MqttType.Pubrec, sent[1].Id), Answer(MqttType.Pubrec, sent[1].Id));
        await connection.ExpectAsync(MqttType.Pubrel, p => p.Id == sent[1].Id);
        await connection.ExpectAsync(MqttType.Pubrel, p => p.Id == sent[1].Id);
        await connection.SendAsync(Answer(MqttType.Pubcomp, sent[1].Id), Answer(MqttType.Pubcomp, sent[1].Id));

        Assert.Equal(MqttPublishStatus.Acknowledged, (await one).Status);
        Assert.Equal(MqttPublishStatus.Acknowledged, (await two).Status);
        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
        Assert.False(other.IsCompleted);
        Assert.Equal(1, bench.Client.Status.InFlight);
        Assert.Equal(2, bench.Client.Status.Published);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "Project: delivered only when acknowledged"), Trait("mqtt", "MQTT-4.4.0-1")]
    public async Task Silence_AfterPublish_IsNeitherDeliveredNorSentAgain(MqttVersion version)
    {
        var time = new ManualTimeProvider();
        await using var bench = MqttClientBench.Start(version, o => o with { KeepAliveSeconds = 0 }, time);
        var connection = await bench.ConnectAsync();
        var publish = bench.PublishAsync(MqttQos.AtLeastOnce);
        await connection.ExpectAsync(MqttType.Publish);

        // Less than the limit for one write: the client may not have noticed yet that its write has ended
        for (var i = 0; i < 29; i++) time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(AliveState.Alive, await connection.CheckAliveAsync(Eventually.Limit));
        Assert.Single(connection.Packets, p => p.Type == MqttType.Publish);
        Assert.False(publish.IsCompleted);
        connection.Reset();
        Assert.Equal(MqttPublishStatus.ConnectionLost, (await publish).Status);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-2.2.1-3")]
    public async Task Identifier_InUse_IsSkippedWhenTheyWrapAround(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { KeepAliveSeconds = 0 });
        var connection = await bench.ConnectAsync();
        var held = bench.PublishAsync(MqttQos.AtLeastOnce, "held");
        var id = (await connection.ExpectAsync(MqttType.Publish)).Id;
        var subscribe = bench.SubscribeAsync("a");
        var other = (await connection.ExpectAsync(MqttType.Subscribe)).Id;
        Assert.NotEqual(id, other);

        // More than there are identifiers, a thousand at a time
        for (var round = 0; round < 67; round++)
        {
            var publishes = Enumerable.Range(0, 1000).Select(_ => bench.PublishAsync(MqttQos.AtLeastOnce)).ToList();
            var sent = await connection.ExpectAsync(MqttType.Publish, 1000);
            Assert.DoesNotContain(sent, p => p.Id == id || p.Id == other || p.Id == 0);
            Assert.Equal(1000, sent.DistinctBy(p => p.Id).Count());
            await connection.SendAsync([.. sent.Select(p => Answer(MqttType.Puback, p.Id))]);
            await Task.WhenAll(publishes).WaitAsync(Eventually.Limit);
        }
        Assert.False(held.IsCompleted || subscribe.IsCompleted);
    }
}
