using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Client;

/// <summary>Connections reset at random bytes, against a real broker: what the flows promise holds.</summary>
public sealed class CutConnectionTests
{
    private const int Messages = 3000;
    private const int Cuts = 60;
    private const string Trial = "is anybody there";

    public static TheoryData<MqttVersionChoice, MqttQos> Flows => new()
    {
        { MqttVersionChoice.V311, MqttQos.AtLeastOnce },
        { MqttVersionChoice.V311, MqttQos.ExactlyOnce },
        { MqttVersionChoice.V5, MqttQos.AtLeastOnce },
        { MqttVersionChoice.V5, MqttQos.ExactlyOnce },
    };

    [Theory]
    [MemberData(nameof(Flows))]
    public async Task Publish_ConnectionCutAgainAndAgain_EachArrivesAsItsQosPromises(MqttVersionChoice version, MqttQos qos)
    {
        await using var broker = await MosquittoServer.StartAsync("max_queued_messages 0");
        await using var proxy = new CuttingProxy(broker.Port, Cuts, 3000);
        var received = new Received();
        await using var subscriber = Make(broker.Port, "subscriber", version, received.Add);
        Assert.Null(await subscriber.ConnectAsync(CancellationToken.None));
        await subscriber.SubscribeAsync([new() { Filter = "t/#", Qos = MqttQos.ExactlyOnce }], CancellationToken.None);
        await using var publisher = Make(proxy.Port, "publisher", version, null);
        publisher.Start();

        await PublishAllAsync(publisher, qos);

        await Eventually.TrueAsync(() => received.Different == Messages, "all messages");
        Assert.InRange(proxy.CutsLeft, 0, Cuts / 2);
        if (qos == MqttQos.ExactlyOnce) Assert.Empty(received.Repeated);
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public async Task Receive_ConnectionCutAgainAndAgain_EachArrives(MqttVersionChoice version, MqttQos qos)
    {
        await using var broker = await MosquittoServer.StartAsync("max_queued_messages 0");
        await using var proxy = new CuttingProxy(broker.Port, Cuts, 3000);
        var received = new Received();
        await using var subscriber = Make(proxy.Port, "subscriber", version, received.Add, "t/#");
        subscriber.Start();
        // The session is there once anything has arrived
        await using var publisher = Make(broker.Port, "publisher", version, null);
        Assert.Null(await publisher.ConnectAsync(CancellationToken.None));
        await Eventually.TrueAsync(async () =>
        {
            await publisher.PublishAsync(new() { Topic = "t/x", Payload = Encoding.UTF8.GetBytes(Trial), Qos = MqttQos.AtLeastOnce }, CancellationToken.None);
            return !received.IsEmpty;
        }, "the subscription");

        await PublishAllAsync(publisher, qos);

        await Eventually.TrueAsync(() => received.Different == Messages, "all messages");
        // Not "once": mosquitto 2.0.11 itself goes back from PUBREL to PUBLISH when a connection is cut before it has sent either again
    }

    // Whatever ends without an answer is published again, as the durable queue would
    private static async Task PublishAllAsync(MqttClient publisher, MqttQos qos)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, Messages), new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (i, cancellationToken) =>
        {
            var message = new MqttMessage { Topic = "t/x", Payload = Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)), Qos = qos };
            while (true)
            {
                var result = await publisher.PublishAsync(message, cancellationToken).AsTask().WaitAsync(Eventually.Limit, cancellationToken);
                if (result.Status == MqttPublishStatus.Acknowledged) return;
                Assert.Equal(MqttPublishStatus.NotConnected, result.Status); // with a session nothing that was sent is in doubt
                await Task.Delay(5, cancellationToken);
            }
        });
    }

    private static MqttClient Make(int port, string id, MqttVersionChoice version, Action<MqttReceivedMessage>? onMessage, string? filter = null) => new(new()
    {
        Endpoint = new(MqttTransport.Tcp, "127.0.0.1", port),
        ClientId = id,
        Version = version,
        SessionExpirySeconds = 3600,
        Subscriptions = filter is null ? [] : [new() { Filter = filter, Qos = MqttQos.ExactlyOnce }],
        Reconnect = new() { First = TimeSpan.FromMilliseconds(1), Most = TimeSpan.FromMilliseconds(5), BusyFirst = TimeSpan.FromMilliseconds(1), BusyMost = TimeSpan.FromMilliseconds(5), RefusedFirst = TimeSpan.FromMilliseconds(1), RefusedMost = TimeSpan.FromMilliseconds(5) },
        OnMessage = onMessage is null ? null : (message, _) =>
        {
            onMessage(message);
            return ValueTask.CompletedTask;
        },
    }, TimeProvider.System, NullLogger.Instance);

    private sealed class Received
    {
        private readonly ConcurrentDictionary<string, int> _counts = new();

        public bool IsEmpty => _counts.IsEmpty;

        /// <summary>Of those that count.</summary>
        public int Different => _counts.Keys.Count(k => k != Trial);

        public IEnumerable<string> Repeated => _counts.Where(c => c.Value > 1).Select(c => $"{c.Key}: {c.Value} times");

        public void Add(MqttReceivedMessage message) => _counts.AddOrUpdate(Encoding.UTF8.GetString(message.Payload), 1, (_, count) => count + 1);
    }
}
