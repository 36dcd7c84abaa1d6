using System.Collections.Concurrent;
using System.Text;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Statements that are tested with a real broker and a client that is not ours at the other end.</summary>
public sealed class MosquittoTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-1.5.4-3"), Trait("mqtt", "MQTT-4.7.3-4")]
    public async Task Topics_WithOddCharacters_ArriveByteForByte(MqttVersion version)
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);
        var received = new ConcurrentQueue<MqttReceivedMessage>();
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, version) with { OnMessage = Keep(received) });
        await client.SubscribeAsync([new() { Filter = "#", Qos = MqttQos.ExactlyOnce }], CancellationToken.None);
        string[] topics = ["\uFEFFa", "é", "e\u0301", "É", "/", "a//b", " a ", "𐍈/€"];

        foreach (var topic in topics) Assert.Equal(MqttPublishStatus.Acknowledged, (await PublishAsync(client, topic, "x", MqttQos.AtLeastOnce)).Status);

        Assert.Equal(topics, (await seen.WaitForAsync(topics.Length)).Select(m => m.Topic));
        await Eventually.TrueAsync(() => received.Count == topics.Length, "the own subscription");
        Assert.Equal(topics, received.Select(m => m.Topic));
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.7.3-4")]
    public async Task Filters_AreNotNormalised(MqttVersion version)
    {
        await using var server = await MosquittoServer.StartAsync();
        var received = new ConcurrentQueue<MqttReceivedMessage>();
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, version) with { OnMessage = Keep(received) });
        await client.SubscribeAsync([new() { Filter = "é", Qos = MqttQos.AtLeastOnce }, new() { Filter = "last" }], CancellationToken.None);

        foreach (var topic in new[] { "e\u0301", "É", "é", "last" }) await MosquittoClient.PublishAsync(server.Port, topic, "x");

        await Eventually.TrueAsync(() => received.Any(m => m.Topic == "last"), "the last message");
        Assert.Equal(["é", "last"], received.Select(m => m.Topic));
    }

    [Theory]
    [InlineData(MqttVersion.V311, 0), InlineData(MqttVersion.V311, 1), InlineData(MqttVersion.V311, 2), InlineData(MqttVersion.V5, 0), InlineData(MqttVersion.V5, 1), InlineData(MqttVersion.V5, 2)]
    [Trait("mqtt", "MQTT-4.3.1-1"), Trait("mqtt", "MQTT-4.3.2-1"), Trait("mqtt", "MQTT-4.3.3-1")]
    public async Task Publish_EachQos_IsSeenAsSet(MqttVersion version, int qos)
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, version));

        var result = await client.PublishAsync(new()
        {
            Topic = "a/b",
            Payload = new byte[] { 0, 10, 0xFF },
            Qos = (MqttQos)qos,
            Retain = true,
            ContentType = "application/json",
            MessageExpirySeconds = 1000,
            ResponseTopic = "answers/1",
            CorrelationData = Encoding.UTF8.GetBytes("c-1"),
            PayloadIsText = true,
            UserProperties = [new("k", "v 1"), new("k", "v2")],
        }, CancellationToken.None);

        Assert.Equal(MqttPublishStatus.Acknowledged, result.Status);
        var message = Assert.Single(await seen.WaitForAsync(1));
        Assert.Equal(("a/b", qos), (message.Topic, message.Qos));
        Assert.Equal([0, 10, 0xFF], message.Payload);
        if (version == MqttVersion.V5)
        {
            Assert.Equal(("application/json", "answers/1", "c-1", "1", "k:v 1 k:v2"), (message.ContentType, message.ResponseTopic, message.CorrelationData, message.PayloadFormat, message.UserProperties));
            Assert.InRange(int.Parse(message.Expiry, null), 900, 1000);
        }
        await using var later = await MosquittoClient.SubscribeAsync(server.Port);
        Assert.True(Assert.Single(await later.WaitForAsync(1)).Retain);
    }

    [Fact]
    [Trait("mqtt", "MQTT-4.4.0-2")]
    public async Task Puback_OfMosquitto_SaysWhetherAnybodyListens()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, MqttVersion.V5));

        var nobody = await PublishAsync(client, "a", "x", MqttQos.AtLeastOnce);

        Assert.Equal((MqttPublishStatus.Acknowledged, MqttReasonCode.NoMatchingSubscribers), (nobody.Status, nobody.Reason));
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.1.3-6"), Trait("mqtt", "MQTT-3.1.3-7")]
    public async Task EmptyClientId_TheAssignedOneIsShownAndUsedForTheReconnect()
    {
        await using var server = await MosquittoServer.StartAsync("allow_zero_length_clientid true");
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, MqttVersion.V5) with { ClientId = "", SessionExpirySeconds = 600 });
        var assigned = client.Status.AssignedClientId;
        Assert.StartsWith("auto-", assigned, StringComparison.Ordinal);

        await server.RestartAsync();
        await Eventually.TrueAsync(() => server.Log.Split($" as {assigned} (").Length == 3, "the second connection");
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.2.2-9"), Trait("mqtt", "MQTT-3.2.2-11"), Trait("mqtt", "MQTT-3.2.2-14"), Trait("mqtt", "MQTT-3.2.2-15"), Trait("mqtt", "MQTT-3.2.2-17"), Trait("mqtt", "MQTT-3.3.4-7"), Trait("mqtt", "MQTT-3.1.2-21")]
    public async Task Limits_OfMosquitto_AreKept()
    {
        await using var server = await MosquittoServer.StartAsync(MosquittoSetup.Limits);
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port, "#", 1);
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, MqttVersion.V5) with { KeepAliveSeconds = 65535 });
        var since = client.Status.ConnectedSince;

        Assert.Equal(MqttPublishStatus.NotSupported, (await PublishAsync(client, "a", "x", MqttQos.ExactlyOnce)).Status);
        Assert.Equal(MqttPublishStatus.NotSupported, (await client.PublishAsync(new() { Topic = "a", Retain = true }, CancellationToken.None)).Status);
        var room = 65536 - (1 + 3 + 2 + 1 + 2 + 1); // type, length, topic, identifier, properties
        Assert.Equal(MqttPublishStatus.TooLarge, (await PublishAsync(client, "a", new string('x', room + 1), MqttQos.AtLeastOnce)).Status);
        // An alias would make the packet of a known topic another size, and eight topics do not fit in three aliases
        Assert.Equal(MqttPublishStatus.Acknowledged, (await PublishAsync(client, "a", new string('x', room), MqttQos.AtLeastOnce)).Status);
        var many = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => PublishAsync(client, $"t/{i % 8}", $"{i}", MqttQos.AtLeastOnce)));

        Assert.All(many, r => Assert.Equal(MqttPublishStatus.Acknowledged, r.Status));
        var messages = await seen.WaitForAsync(501);
        Assert.Equal(room, messages[0].Payload.Length);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => ($"t/{i % 8}", $"{i}")), messages.Skip(1).Select(m => (m.Topic, m.Text)));
        Assert.Equal(since, client.Status.ConnectedSince); // no reconnect in between
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.2.2-17"), Trait("mqtt", "MQTT-3.2.2-18")]
    public async Task TopicAliases_Forbidden_AreNotUsed(MqttVersion version)
    {
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup { Listeners = [new() { Lines = ["max_topic_alias 0"] }] });
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, version));

        for (var i = 0; i < 5; i++) await PublishAsync(client, "long/topic", $"{i}", MqttQos.AtLeastOnce);

        Assert.All(await seen.WaitForAsync(5), m => Assert.Equal("long/topic", m.Topic));
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.4.0-2"), Trait("mqtt", "MQTT-3.4.2-1"), Trait("mqtt", "MQTT-3.9.3-1"), Trait("mqtt", "MQTT-3.2.2-7")]
    public async Task Acl_OfMosquitto_IsToldInEachAnswer(MqttVersion version)
    {
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup
        {
            Users = new Dictionary<string, string> { ["writer"] = "pässword" },
            Acl = "user writer\ntopic readwrite allowed/#\n",
        });
        var options = MosquittoBench.Options(server.Port, version) with { Username = "writer", Password = Encoding.UTF8.GetBytes("pässword") };
        await using (var wrong = new MqttClient(options with { Password = "no"u8.ToArray() }, TimeProvider.System, new RecordingLogger()))
        {
            var failure = await wrong.ConnectAsync(CancellationToken.None);
            Assert.Equal(MqttConnectFault.RefusedByBroker, failure!.Fault);
            Assert.Contains(failure.Reason, new MqttReasonCode?[] { MqttReasonCode.NotAuthorized, MqttReasonCode.BadUserNameOrPassword });
        }
        await using var client = await MosquittoBench.ConnectAsync(options);

        Assert.Equal(MqttPublishStatus.Acknowledged, (await PublishAsync(client, "allowed/a", "x", MqttQos.AtLeastOnce)).Status);
        foreach (var qos in new[] { MqttQos.AtLeastOnce, MqttQos.ExactlyOnce })
        {
            var denied = await PublishAsync(client, "denied/a", "x", qos);
            // 3.1.1 has no way to say it: mosquitto acknowledges what it throws away
            if (version == MqttVersion.V5) Assert.Equal((MqttPublishStatus.Refused, MqttReasonCode.NotAuthorized), (denied.Status, denied.Reason));
            else Assert.Equal(MqttPublishStatus.Acknowledged, denied.Status);
        }
        Assert.Equal(MqttPublishStatus.Acknowledged, (await PublishAsync(client, "allowed/b", "x", MqttQos.ExactlyOnce)).Status);
        Assert.Equal(MqttState.Connected, client.Status.State);
    }

    [Fact]
    [Trait("mqtt", "MQTT-3.2.2-7")]
    public async Task MaxConnections_OfMosquitto_IsAFailureAndNoHang()
    {
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup { Listeners = [new() { Lines = ["max_connections 1"] }] });
        var clients = Enumerable.Range(0, 4).Select(_ => new MqttClient(MosquittoBench.Options(server.Port, MqttVersion.V5), TimeProvider.System, new RecordingLogger())).ToList();

        var failures = new List<MqttConnectFailure?>();
        // mosquitto may not have noticed yet that the connection that saw it start has gone
        await Eventually.TrueAsync(async () => await clients[0].ConnectAsync(CancellationToken.None) is null, "the first to be let in");
        foreach (var client in clients) failures.Add(await client.ConnectAsync(CancellationToken.None));

        Assert.Null(failures[0]);
        Assert.Equal(MqttState.Connected, clients[0].Status.State);
        Assert.NotNull(failures[^1]); // mosquitto's limit lets one more in than it says
        foreach (var client in clients) await client.DisposeAsync();
    }

    private static Func<MqttReceivedMessage, CancellationToken, ValueTask> Keep(ConcurrentQueue<MqttReceivedMessage> queue) => (message, _) =>
    {
        queue.Enqueue(message);
        return ValueTask.CompletedTask;
    };

    private static Task<MqttPublishResult> PublishAsync(MqttClient client, string topic, string payload, MqttQos qos)
        => client.PublishAsync(new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload), Qos = qos }, CancellationToken.None).AsTask();
}
