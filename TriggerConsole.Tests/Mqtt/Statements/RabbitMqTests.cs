using System.Collections.Concurrent;
using System.Text;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>The second broker: RabbitMQ's plugin, which speaks 3.1.1 only and grants QoS 1 at most.</summary>
[Collection(nameof(RabbitMqServer))]
public sealed class RabbitMqTests(RabbitMqServer server)
{
    [Fact]
    [Trait("mqtt", "MQTT-3.2.2-7"), Trait("mqtt", "MQTT-3.8.4-7")]
    public async Task Automatic_FindsTheVersionAndDelivers()
    {
        var received = new ConcurrentQueue<string>();
        var options = MosquittoBench.Options(await server.MqttPortAsync(), MqttVersion.V311) with
        {
            Version = MqttVersionChoice.Automatic,
            OnMessage = (message, _) =>
            {
                received.Enqueue(Encoding.UTF8.GetString(message.Payload));
                return ValueTask.CompletedTask;
            },
        };
        await using var client = await MosquittoBench.ConnectAsync(options);
        Assert.Equal(MqttVersion.V311, client.Status.Version);

        var granted = Assert.Single(await client.SubscribeAsync([new() { Filter = "rabbit/#", Qos = MqttQos.ExactlyOnce }], CancellationToken.None));
        Assert.Equal((MqttSubscribeStatus.Granted, MqttQos.AtLeastOnce), (granted.Status, granted.Granted)); // lower than asked for, and shown
        var results = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => client.PublishAsync(new() { Topic = "rabbit/a", Payload = Encoding.ASCII.GetBytes($"{i}"), Qos = MqttQos.AtLeastOnce }, CancellationToken.None).AsTask()));

        Assert.All(results, r => Assert.Equal(MqttPublishStatus.Acknowledged, r.Status));
        await Eventually.TrueAsync(() => received.Count >= 500, "all messages");
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), received);
    }

    [Fact]
    [Trait("mqtt", "MQTT-4.4.0-1")]
    public async Task Cuts_AtRandomBytes_LoseNothing()
    {
        var port = await server.MqttPortAsync();
        await using var seen = await MosquittoClient.SubscribeAsync(port, "numbers", 1, "mqttv311");
        var random = new Random(7);
        await using var proxy = new TcpProxy(port, number => number > 10 ? null : random.Next(100, 3000));
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(proxy.Port, MqttVersion.V311) with { CleanStart = false, SessionExpirySeconds = 600 });
        await using var ledger = new PublishLedger(client, MqttQos.AtLeastOnce, 8);

        await Eventually.TrueAsync(() => proxy.Connections > 10, "ten cuts");
        await MosquittoBench.ConnectedAsync(client);
        await ledger.StopAsync();

        await ledger.AssertArrivedAsync(seen, exactlyOnce: false);
    }
}
