using System.Globalization;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Mqtt;

/// <summary>A broker that is stopped, killed and started again under the whole application: executions wait for it and nothing is lost.</summary>
public sealed class BrokerAwayTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Stopped_Executions_WaitWithoutAttemptsAndGoOutInOrder()
    {
        const int Count = 400;
        await using var server = await MosquittoServer.StartAsync(MosquittoSetup.Durable);
        await using var seen = await SubscribeAsync(server);
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}" });
        var trigger = await app.CreateMqttTriggerAsync(broker, Numbered(broker));
        await server.StopAsync();
        await app.WaitForBrokerAsync(broker, "Waiting");

        for (var i = 0; i < Count; i++) await PublishAsync(app, trigger, i);
        var waiting = await ExecutionsAsync(app);
        await server.StartAgainAsync();
        var messages = await seen.WaitForAsync(Count);
        await Eventually.TrueAsync(async () => (await ExecutionsAsync(app)).All(e => e.Status == ExecutionStatus.Succeeded), "all to succeed");

        Assert.Equal(Count, waiting.Count);
        Assert.All(waiting, e => Assert.Equal((ExecutionStatus.Queued, 0), (e.Status, e.Attempts)));
        Assert.Equal(Enumerable.Range(0, Count), messages.Select(m => int.Parse(m.Text, CultureInfo.InvariantCulture)));
        Assert.All(await ExecutionsAsync(app), e => Assert.Equal(1, e.Attempts));
    }

    [Fact]
    public Task StoppedAndKilled_TwentyThousandMessages_AllArrive() => StopAndKillAsync(TimeSpan.FromSeconds(3));

    [Campaign]
    public Task StoppedForLongAndKilled_TwentyThousandMessages_AllArrive() => StopAndKillAsync(TimeSpan.FromSeconds(30));

    private async Task StopAndKillAsync(TimeSpan away)
    {
        const int Count = 20_000;
        const int Kills = 5;
        await using var server = await MosquittoServer.StartAsync(MosquittoSetup.Durable);
        await using var seen = await SubscribeAsync(server);
        await server.RestartAsync(); // so that the subscriber is saved
        await using var app = await TestApp.StartAsync(new() { ["RateLimiting:Enabled"] = "false" });
        var broker = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}" });
        var trigger = await app.CreateMqttTriggerAsync(broker, Numbered(broker), maxAttempts: 8);

        var sent = 0;
        var senders = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref sent) is var number && number <= Count) await PublishAsync(app, trigger, number);
        })).ToList();
        var killed = new List<(DateTimeOffset Kill, DateTimeOffset Back)>();
        for (var i = 1; i <= Kills; i++)
        {
            await Eventually.TrueAsync(() => Volatile.Read(ref sent) > i * Count / (Kills + 2), "messages to flow");
            var kill = TimeProvider.System.Now();
            server.Kill();
            await server.StartAgainAsync();
            killed.Add((kill, TimeProvider.System.Now()));
            await app.WaitForBrokerAsync(broker, "Connected");
        }
        await Eventually.TrueAsync(() => Volatile.Read(ref sent) > (Kills + 1) * Count / (Kills + 2), "messages to flow");
        await server.StopAsync();
        await Task.Delay(away);
        await server.StartAgainAsync();
        await Task.WhenAll(senders);
        await Eventually.TrueAsync(async () => await UnfinishedAsync(app) == 0, "all to be carried out");

        var executions = await ExecutionsAsync(app);
        Assert.Equal(Count, executions.Count);
        Assert.All(executions, e => Assert.Equal(ExecutionStatus.Succeeded, e.Status));
        // mosquitto saves once a second: what it had acknowledged in the moment before it was killed, and not passed on, only the
        // killed process knew. Everything else has to be there, and whatever it said no one had subscribed to was said so.
        var mayMiss = executions.Where(e => e.LastCode == "no_matching_subscribers" || killed.Any(k => e.FinishedAt <= k.Back && k.Kill - e.FinishedAt < TimeSpan.FromSeconds(3))).Select(e => e.Id).ToHashSet();
        var missing = await Eventually.GetAsync(() =>
        {
            var arrived = seen.Messages.Select(IdOf).ToHashSet();
            var missing = executions.Where(e => !arrived.Contains(e.Id)).ToList();
            return Task.FromResult((missing.All(e => mayMiss.Contains(e.Id)), missing));
        }, "every message to arrive");
        var twice = seen.Messages.GroupBy(IdOf).Count(g => g.Count() > 1);
        output.WriteLine($"{Count} messages, {Kills} kills, {away.TotalSeconds} s away: all succeeded, {executions.Count(e => e.Attempts > 1)} with more than one attempt, {twice} arrived twice, {missing.Count} lost by the broker in the moment before a kill.");
    }

    private static object Numbered(Guid broker) => new { brokerId = broker, topic = "numbers", qos = 1, body = new { format = "json", template = "\"{payload.n}\"" } };

    private static Task<MosquittoClient> SubscribeAsync(MosquittoServer server) => MosquittoClient.SubscribeAsync(server.Port, "numbers", 1, "mqttv5", "-c", "-i", "subscriber", "-x", "3600");

    private static async Task PublishAsync(TestApp app, Guid trigger, int number)
        => Assert.NotNull((await app.SendAsync(HttpMethod.Post, $"/api/triggers/mqtt/{trigger}/publish", new { payload = new { n = number } })).GetProperty("executionId").GetString());

    private static Guid IdOf(SeenMessage message) => Guid.Parse(message.UserProperties.Split(' ').Single(p => p.StartsWith("idempotency-key:", StringComparison.Ordinal)).Split(':')[1]);

    private static async Task<List<Execution>> ExecutionsAsync(TestApp app)
    {
        await using var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        return await context.Executions.AsNoTracking().OrderBy(e => e.Id).ToListAsync();
    }

    private static async Task<int> UnfinishedAsync(TestApp app)
    {
        await using var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        return await context.Executions.CountAsync(e => e.FinishedAt == null);
    }
}
