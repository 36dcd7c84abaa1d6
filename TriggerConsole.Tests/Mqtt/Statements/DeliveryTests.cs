using System.Diagnostics;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>
/// Nothing that was acknowledged is lost, whatever is cut, stopped or killed; at QoS 2 with a session nothing arrives twice.
/// <c>./test.sh campaign</c> does each with the full figures.
/// </summary>
public sealed class DeliveryTests(ITestOutputHelper output)
{
    public static TheoryData<MqttVersion, MqttQos> All => new()
    {
        { MqttVersion.V311, MqttQos.AtLeastOnce }, { MqttVersion.V5, MqttQos.AtLeastOnce }, { MqttVersion.V311, MqttQos.ExactlyOnce }, { MqttVersion.V5, MqttQos.ExactlyOnce },
    };

    [Theory, MemberData(nameof(All))]
    [Trait("mqtt", "MQTT-4.4.0-1"), Trait("mqtt", "MQTT-4.3.3-6")]
    public Task Cuts_AtRandomBytes_LoseAndDoubleNothing(MqttVersion version, MqttQos qos) => CutAsync(version, qos, 50);

    [Campaign]
    public async Task Cuts_AThousandAtRandomBytes_LoseAndDoubleNothing()
    {
        foreach (var version in new[] { MqttVersion.V311, MqttVersion.V5 })
            foreach (var qos in new[] { MqttQos.AtLeastOnce, MqttQos.ExactlyOnce }) await CutAsync(version, qos, 1000);
    }

    [Theory, InlineData(MqttVersion.V311, MqttQos.AtLeastOnce), InlineData(MqttVersion.V5, MqttQos.ExactlyOnce)]
    [Trait("mqtt", "Project: session over a restart")]
    public Task Restarts_OfTheBroker_LoseNothing(MqttVersion version, MqttQos qos) => RestartAsync(version, qos, 5);

    [Campaign]
    public async Task Restarts_AHundredOfTheBroker_LoseNothing()
    {
        await RestartAsync(MqttVersion.V5, MqttQos.AtLeastOnce, 100);
        await RestartAsync(MqttVersion.V5, MqttQos.ExactlyOnce, 100);
    }

    [Fact]
    [Trait("mqtt", "Project: delivered only when acknowledged")]
    public Task Kills_OfTheBroker_LoseNothingThatItHadSaved() => KillAsync(3);

    [Campaign]
    public Task Kills_AHundredOfTheBroker_LoseNothingThatItHadSaved() => KillAsync(100);

    private async Task CutAsync(MqttVersion version, MqttQos qos, int cuts)
    {
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup { Lines = ["max_queued_messages 0"] });
        // 3.1.1, because mosquitto_sub 2.0 takes fault with mosquitto's own flow control of 5.0 under load, and ends
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port, version: "mqttv311");
        var random = new Random(20261121);
        await using var proxy = new TcpProxy(server.Port, number => number > cuts ? null : random.Next(30, 3000));
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(proxy.Port, version) with { CleanStart = false, SessionExpirySeconds = 3600, Reconnect = MqttClientBench.Soon });
        await using var ledger = new PublishLedger(client, qos, 16);

        var limit = Stopwatch.StartNew();
        while (proxy.Connections <= cuts)
        {
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(10 + cuts), $"{proxy.Connections} connections, {client.Status}");
            await Task.Delay(20);
        }
        await MosquittoBench.ConnectedAsync(client);
        await ledger.StopAsync();

        var twice = await ledger.AssertArrivedAsync(seen, exactlyOnce: qos == MqttQos.ExactlyOnce);
        if (qos == MqttQos.ExactlyOnce) Assert.Equal((0, 0), (twice, ledger.Repeated)); // the session was there all the time
        output.WriteLine($"{version} {qos}: {cuts} cuts, {ledger.Acknowledged} acknowledged, none missing, {twice} twice.");
    }

    private async Task RestartAsync(MqttVersion version, MqttQos qos, int restarts)
    {
        await using var server = await MosquittoServer.StartAsync(MosquittoSetup.Durable);
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port, "#", 2, "mqttv311", "-c", "-i", "subscriber");
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, version) with { CleanStart = false, SessionExpirySeconds = 3600 });
        await using var ledger = new PublishLedger(client, qos, 8);
        for (var i = 0; i < restarts; i++)
        {
            var goal = ledger.Acknowledged + 150;
            await Eventually.TrueAsync(() => ledger.Acknowledged >= goal, "publishes");
            await server.RestartAsync();
        }
        await MosquittoBench.ConnectedAsync(client);
        await ledger.StopAsync();

        var twice = await ledger.AssertArrivedAsync(seen, exactlyOnce: false);
        output.WriteLine($"{version} {qos}: {restarts} restarts, {ledger.Acknowledged} acknowledged, none missing, {twice} twice, {ledger.Repeated} published anew.");
    }

    private async Task KillAsync(int kills)
    {
        await using var server = await MosquittoServer.StartAsync(MosquittoSetup.Durable);
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port, "#", 1, "mqttv311", "-c", "-i", "subscriber");
        await server.RestartAsync(); // so that the subscriber is saved
        await using var client = await MosquittoBench.ConnectAsync(MosquittoBench.Options(server.Port, MqttVersion.V5) with { CleanStart = false, SessionExpirySeconds = 3600 });
        await using var ledger = new PublishLedger(client, MqttQos.AtLeastOnce, 8);
        var killed = new List<(long Kill, long Back)>();
        for (var i = 0; i < kills; i++)
        {
            var goal = ledger.Acknowledged + 150;
            await Eventually.TrueAsync(() => ledger.Acknowledged >= goal, "publishes");
            var kill = Stopwatch.GetTimestamp();
            server.Kill();
            await server.StartAgainAsync();
            killed.Add((kill, Stopwatch.GetTimestamp()));
        }
        await MosquittoBench.ConnectedAsync(client);
        await ledger.StopAsync();

        // mosquitto saves once a second: what it had acknowledged since, and not yet passed on, only the killed process knew. Such an
        // acknowledgement may be noticed late, but before the next process is there.
        // What it acknowledged without a subscriber, it says.
        await ledger.AssertArrivedAsync(seen, exactlyOnce: false, (at, reason) => reason == MqttReasonCode.NoMatchingSubscribers || killed.Any(k => at <= k.Back && Stopwatch.GetElapsedTime(at, k.Kill) < TimeSpan.FromSeconds(3)));
        var missing = ledger.Acknowledged - seen.Messages.Select(m => m.Text).Distinct().Count();
        output.WriteLine($"{kills} kills: {ledger.Acknowledged} acknowledged, {Math.Max(0, missing)} lost by the broker in the second before a kill, {ledger.Repeated} published anew.");
    }
}
