using System.Collections.Concurrent;
using System.Text;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Sessions at a real broker: kept, lost, taken over, and a broker that stands still.</summary>
public sealed class MosquittoSessionTests
{
    public static TheoryData<MqttVersion> Both => MqttClientBench.Both;

    [Theory]
    [InlineData(MqttVersion.V311, true), InlineData(MqttVersion.V311, false), InlineData(MqttVersion.V5, true), InlineData(MqttVersion.V5, false)]
    [Trait("mqtt", "Project: subscriptions again"), Trait("mqtt", "MQTT-3.1.2-23")]
    public async Task Restart_OfTheBroker_SubscriptionsStay(MqttVersion version, bool persistent)
    {
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup { Persistent = persistent });
        var received = new ConcurrentQueue<string>();
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, version) with
        {
            CleanStart = false,
            SessionExpirySeconds = 600,
            OnMessage = (message, _) =>
            {
                received.Enqueue(Encoding.UTF8.GetString(message.Payload));
                return ValueTask.CompletedTask;
            },
        });
        await client.SubscribeAsync([new() { Filter = "a/#", Qos = MqttQos.AtLeastOnce }], CancellationToken.None);

        await server.RestartAsync();
        await MosquittoBench.ConnectedAsync(client);
        await Eventually.TrueAsync(async () =>
        {
            await MosquittoClient.PublishAsync(server.Port, "a/b", "again"); // until the subscription is back
            return !received.IsEmpty;
        }, "a message after the restart");

        Assert.All(received, text => Assert.Equal("again", text));
        var sent = received.Count;
        await MosquittoClient.PublishAsync(server.Port, "a/c", "once");
        await Eventually.TrueAsync(() => received.Contains("once"), "the last message");
        Assert.Single(received, text => text == "once"); // not subscribed twice
        Assert.True(received.Count > sent);
        // The CONNACK of a broker that kept the session is followed by no SUBSCRIBE
        Assert.Equal(persistent ? 1 : 2, server.Log.Split("Received SUBSCRIBE").Length - 1);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-4.3.2-4"), Trait("mqtt", "MQTT-3.1.2-23")]
    public async Task Client_ThatEndsBeforeTheMessageIsStored_GetsItAgain(MqttVersion version)
    {
        await using var server = await MosquittoServer.StartAsync();
        var options = MosquittoBench.Options(server.Port, version) with { CleanStart = false, SessionExpirySeconds = 600, StopTimeout = TimeSpan.FromMilliseconds(200) };
        var begun = new TaskCompletionSource();
        await using (var client = await MosquittoBench.ConnectAsync(options with
        {
            OnMessage = async (_, token) =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, token); // never committed
            },
        }))
        {
            await client.SubscribeAsync([new() { Filter = "a", Qos = MqttQos.ExactlyOnce }], CancellationToken.None);
            await MosquittoClient.PublishAsync(server.Port, "a", "once", 1);
            await begun.Task.WaitAsync(Eventually.Limit);
        }

        var received = new ConcurrentQueue<MqttReceivedMessage>();
        await using var again = await MosquittoBench.ConnectAsync(options with
        {
            OnMessage = (message, _) =>
            {
                received.Enqueue(message);
                return ValueTask.CompletedTask;
            },
        });
        await Eventually.TrueAsync(() => !received.IsEmpty, "the message to come again");
        Assert.True(received.First().Duplicate);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.3-2")]
    public async Task TwoClients_WithOneId_DoNotFightInAHotLoop(MqttVersion version)
    {
        var time = new ManualTimeProvider();
        await using var server = await MosquittoServer.StartAsync();
        var options = MosquittoBench.Options(server.Port, version) with { ClientId = "same", Reconnect = new(), KeepAliveSeconds = 0 };
        var clients = new List<MqttClient>();
        for (var i = 0; i < 2; i++)
        {
            clients.Add(new MqttClient(options, time, new RecordingLogger()));
            clients[i].Start();
            await MosquittoBench.ConnectedAsync(clients[i]);
        }
        await Eventually.TrueAsync(() => clients[0].Status.State == MqttState.Waiting, "the first to be thrown out");
        // mosquitto 2.0 closes without a reason; what 0x8E does is in ReconnectingTests

        for (var i = 0; i < 300; i++) // thirty seconds, a tenth at a time, each state settled before the next
        {
            time.Advance(TimeSpan.FromSeconds(0.1));
            await Eventually.TrueAsync(() => clients.Count(c => c.Status.State == MqttState.Connected) == 1 && clients.All(c => c.Status.State is MqttState.Connected or MqttState.Waiting), "one of them to be connected");
        }

        foreach (var client in clients) await client.DisposeAsync();
        Assert.InRange(server.Log.Split("New client connected").Length - 1, 2, 2 + 2 * 3);
    }

    [Theory, MemberData(nameof(Both))]
    [Trait("mqtt", "MQTT-3.1.2-22"), Trait("mqtt", "3.1.2.10 No PINGRESP")]
    public async Task Broker_StandsStill_TheClientComesBackAndNothingIsLost(MqttVersion version)
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, version) with { KeepAliveSeconds = 1, ConnectTimeout = TimeSpan.FromSeconds(1) });
        await using var ledger = new PublishLedger(client, MqttQos.AtLeastOnce, 4);
        await Eventually.TrueAsync(() => ledger.Acknowledged > 100, "some publishes");

        server.Pause();
        await Eventually.TrueAsync(() => client.Status.State != MqttState.Connected, "the client to give up");
        server.Continue();
        await MosquittoBench.ConnectedAsync(client);
        var before = ledger.Acknowledged;
        await Eventually.TrueAsync(() => ledger.Acknowledged > before + 100, "more publishes");
        await ledger.StopAsync();

        await ledger.AssertArrivedAsync(seen, exactlyOnce: false);
    }
}
