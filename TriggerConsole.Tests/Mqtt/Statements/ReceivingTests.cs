using System.Text;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.FakeMqttBytes;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section F: receiving at QoS 0, 1 and 2. Wrong PUBLISHes are in <see cref="MqttRows"/>.</summary>
public sealed class ReceivingTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.5.0-2"), Trait("mqtt", "MQTT-4.3.3-11")]
    public async Task Publish_OfATopicNeverSubscribed_IsAcknowledgedByItsQos(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Publish((int)version, "a", "0"), Publish((int)version, "a", "1", 1, 11), Publish((int)version, "a", "2", 2, 12));

        await connection.ExpectAsync(MqttType.Puback, p => p is { Id: 11, Reason: 0 });
        await connection.ExpectAsync(MqttType.Pubrec, p => p is { Id: 12, Reason: 0 });
        await connection.SendAsync(Answer(MqttType.Pubrel, 12));
        await connection.ExpectAsync(MqttType.Pubcomp, p => p is { Id: 12, Reason: 0 });
        Assert.Equal(["0", "1", "2"], Payloads(bench));
        Assert.Equal(3, bench.Client.Status.Received);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.5.0-2")]
    public async Task Publish_WithoutAHandler_IsAcknowledged(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { OnMessage = null });
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Publish((int)version, "a", "1", 1, 11));

        await connection.ExpectAsync(MqttType.Puback, p => p.Id == 11);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.2-4"), Trait("mqtt", "MQTT-4.3.3-8")]
    public async Task Acknowledgement_IsSentOnlyAfterTheHandlerHasReturned(MqttVersion version)
    {
        var stored = new TaskCompletionSource();
        await using var bench = MqttClientBench.Start(version, o => o with { OnMessage = async (_, token) => await stored.Task.WaitAsync(token) });
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Publish((int)version, "a", "1", 1, 11), Publish((int)version, "a", "2", 2, 12));
        await connection.AssertNothingAsync(300);
        stored.SetResult();

        await connection.ExpectAsync(MqttType.Puback, p => p.Id == 11);
        await connection.ExpectAsync(MqttType.Pubrec, p => p.Id == 12);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.2-4")]
    public async Task Handler_Fails_NothingIsAcknowledgedAndTheConnectionEnds(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { OnMessage = (_, _) => throw new IOException("The disk is full."), Reconnect = MqttClientBench.Never });
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Publish((int)version, "a", "1", 1, 11));

        await connection.ExpectClosedAsync(); // so that the broker sends it again
        Assert.DoesNotContain(connection.Packets, p => p.Type == MqttType.Puback);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.2-5")]
    public async Task Qos1_SameIdentifierAfterPuback_IsANewMessage(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        foreach (var duplicate in new[] { false, true, false })
        {
            await connection.SendAsync(Publish((int)version, "a", "1", 1, 11, duplicate));
            await connection.ExpectAsync(MqttType.Puback, p => p.Id == 11);
        }
        Assert.Equal(3, bench.Received.Count);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.3-8"), Trait("mqtt", "MQTT-4.3.3-10")]
    public async Task Qos2_SameIdentifierBeforePubrel_IsDeliveredOnce(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        foreach (var duplicate in new[] { false, true, false })
        {
            await connection.SendAsync(Publish((int)version, "a", "1", 2, 12, duplicate));
            await connection.ExpectAsync(MqttType.Pubrec, p => p.Id == 12);
        }
        await connection.SendAsync(Answer(MqttType.Pubrel, 12));
        await connection.ExpectAsync(MqttType.Pubcomp, p => p.Id == 12);

        Assert.Single(bench.Received);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.3-10")]
    public async Task Qos2_ThreeCopiesInOneSegment_AreDeliveredOnce(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        var publish = Publish((int)version, "a", "1", 2, 12);

        await connection.SendAsync(publish, publish, publish, Answer(MqttType.Pubrel, 12));
        await Eventually.TrueAsync(() => connection.Packets.Any(p => p is { Type: MqttType.Pubcomp, Id: 12 }), "PUBCOMP");

        Assert.Single(bench.Received);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.3-10"), Trait("mqtt", "MQTT-3.1.2-23"), Trait("mqtt", "MQTT-4.1.0-1")]
    public async Task Qos2_SameIdentifierAfterAReconnectWithSession_IsDeliveredOnce(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { CleanStart = false, SessionExpirySeconds = 3600 });
        var connection = await bench.ConnectAsync();
        await connection.SendAsync(Publish((int)version, "a", "1", 2, 12));
        await connection.ExpectAsync(MqttType.Pubrec);

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync(sessionPresent: true);
        await again.SendAsync(Publish((int)version, "a", "1", 2, 12, duplicate: true));
        await again.ExpectAsync(MqttType.Pubrec, p => p.Id == 12);
        await again.SendAsync(Answer(MqttType.Pubrel, 12));
        await again.ExpectAsync(MqttType.Pubcomp, p => p.Id == 12);

        Assert.Single(bench.Received);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.2.2-5"), Trait("mqtt", "MQTT-4.3.3-10")]
    public async Task Qos2_SameIdentifierAfterTheSessionWasLost_IsANewMessage(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version, o => o with { CleanStart = false, SessionExpirySeconds = 3600 });
        var connection = await bench.ConnectAsync();
        await connection.SendAsync(Publish((int)version, "a", "1", 2, 12));
        await connection.ExpectAsync(MqttType.Pubrec);

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync(sessionPresent: false);
        await again.SendAsync(Publish((int)version, "a", "2", 2, 12));
        await again.ExpectAsync(MqttType.Pubrec, p => p.Id == 12);

        Assert.Equal(["1", "2"], Payloads(bench));
    }

    [Fact]
    [Trait("mqtt", "MQTT-4.3.3-9")]
    public async Task Qos2_AfterARefusingPubrec_TheIdentifierIsNew()
    {
        var refusals = 1;
        var seen = 0;
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with
        {
            OnMessage = (_, _) =>
            {
                seen++;
                return refusals-- > 0 ? throw new MqttMessageRefusedException(MqttReasonCode.QuotaExceeded, "Full.") : ValueTask.CompletedTask;
            },
        });
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Publish(5, "a", "1", 2, 12));
        await connection.ExpectAsync(MqttType.Pubrec, p => p is { Id: 12, Reason: 0x97 });
        await connection.SendAsync(Publish(5, "a", "1", 2, 12));
        await connection.ExpectAsync(MqttType.Pubrec, p => p is { Id: 12, Reason: 0 });

        Assert.Equal(2, seen);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.3-11"), Trait("mqtt", "4.3 Unknown identifiers")]
    public async Task Pubrel_OfAnUnknownIdentifier_IsAnsweredWithPubcomp(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Answer(MqttType.Pubrel, 99));

        var answer = await connection.ExpectAsync(MqttType.Pubcomp, p => p.Id == 99);
        Assert.Equal(version == MqttVersion.V5 ? 0x92 : 0, answer.Reason);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.3-12"), Trait("mqtt", "MQTT-4.3.3-13")]
    public async Task Qos2_AfterPubcomp_TheIdentifierIsNew(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        for (var i = 1; i <= 2; i++)
        {
            await connection.SendAsync(Publish((int)version, "a", $"{i}", 2, 12, properties: "02 00000001")); // expires in a second
            await connection.ExpectAsync(MqttType.Pubrec, p => p.Id == 12);
            await connection.SendAsync(Answer(MqttType.Pubrel, 12));
            await connection.ExpectAsync(MqttType.Pubcomp, p => p.Id == 12);
        }
        Assert.Equal(["1", "2"], Payloads(bench));
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.3.2-7"), Trait("mqtt", "MQTT-3.3.2-10")]
    public async Task TopicAlias_IsKnownUntilTheConnectionEnds()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { TopicAliasMaximum = 3, CleanStart = false, SessionExpirySeconds = 3600 });
        var connection = await bench.ConnectAsync();
        await connection.SendAsync(Publish(5, "long/topic", "1", properties: "23 0003"), Publish(5, "", "2", properties: "23 0003"), Publish(5, "other", "3", properties: "23 0003"), Publish(5, "", "4", properties: "23 0003"));
        await Eventually.TrueAsync(() => bench.Received.Count == 4, "four messages");
        Assert.Equal(["long/topic", "long/topic", "other", "other"], bench.Received.Select(m => m.Topic));

        await bench.CutAsync(connection);
        var again = await bench.ConnectAsync(sessionPresent: true);
        await again.SendAsync(Publish(5, "", "5", properties: "23 0003"));

        Assert.Equal(0x82, (await again.ExpectClosedAsync())!.Reason);
        Assert.Equal(4, bench.Received.Count);
    }

    [Theory, InlineData(3, "0004"), InlineData(3, "0000"), InlineData(3, "FFFF"), InlineData(0, "0001")]
    [Trait("mqtt", "MQTT-3.3.2-10"), Trait("mqtt", "MQTT-3.3.2-11")]
    public async Task TopicAlias_AboveOurMaximumOrZero_Closes(ushort maximum, string alias)
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { TopicAliasMaximum = maximum, Reconnect = MqttClientBench.Never });
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Publish(5, "a", properties: $"23 {alias}"));

        Assert.Equal(0x94, (await connection.ExpectClosedAsync())!.Reason);
        Assert.Empty(bench.Received);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.1.2-29")]
    public async Task RequestProblemInformation_IsNeverSwitchedOff()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connect = (await bench.ConnectAsync()).Packets[0];

        // So that a Reason String is never the broker's mistake
        Assert.DoesNotContain(connect.Properties, p => p.Id == 0x17 && p.Value[0] == 0);
    }

    [Fact]
    [Trait("mqtt", "3.3.2.3.2 Payload Format"), Trait("mqtt", "3.3.2.3.8 Subscription Identifier")]
    public async Task Publish_WithEveryProperty_ArrivesAsSent()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5);
        var connection = await bench.ConnectAsync();

        await connection.SendAsync(Publish(5, "a", [0xC0, 0xAF], 1, 7, duplicate: true, retain: true,
            "01 01 02 0000000A 03 0001 'c' 08 0003 'r/t' 09 0002 00FF 0B 01 0B FFFFFF7F 26 0001 'n' 0001 'v' 26 0001 'n' 0000"));
        await connection.ExpectAsync(MqttType.Puback);

        var message = Assert.Single(bench.Received);
        Assert.Equivalent(new MqttReceivedMessage
        {
            Topic = "a",
            Payload = [0xC0, 0xAF],
            Qos = MqttQos.AtLeastOnce,
            Retain = true,
            Duplicate = true,
            PayloadIsText = true,
            MessageExpirySeconds = 10,
            ContentType = "c",
            ResponseTopic = "r/t",
            CorrelationData = [0, 0xFF],
            SubscriptionIds = [1, 268_435_455],
            UserProperties = [new("n", "v"), new("n", "")],
        }, message, strict: true);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "1.5.4 Control characters"), Trait("mqtt", "MQTT-1.5.4-3"), Trait("mqtt", "MQTT-4.7.3-4")]
    public async Task Topic_WithOddCharacters_ArrivesAsSent(MqttVersion version)
    {
        await using var bench = MqttClientBench.Start(version);
        var connection = await bench.ConnectAsync();
        string[] topics = ["\u0001", "\u007F", "\uFFFF", "\uFEFFa", "é", "e\u0301", "/", "//", " ", "𐍈", "$SYS/x"];

        await connection.SendAsync([.. topics.Select(t => Publish((int)version, t))]);
        await Eventually.TrueAsync(() => bench.Received.Count == topics.Length, "all messages");

        Assert.Equal(topics, bench.Received.Select(m => m.Topic));
    }

    private static IEnumerable<string> Payloads(MqttClientBench bench) => bench.Received.Select(m => Encoding.UTF8.GetString(m.Payload));
}
