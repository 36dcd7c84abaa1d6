using System.Globalization;
using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Tests.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TriggerConsole.Tests.Amqp;

/// <summary>RabbitMQ stopped, killed and started again under the whole application: executions wait for it and nothing is lost.</summary>
public sealed class AmqpBrokerAwayTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Stopped_Executions_WaitWithoutAttemptsAndGoOutInOrder()
    {
        const int Count = 400;
        await using var server = await RabbitMqServer.StartOwnAsync();
        await using var app = await TestApp.StartAsync();
        var (broker, trigger) = await SetUpAsync(app, server, maxAttempts: 1);
        await server.StopAsync();
        await app.WaitForAmqpBrokerAsync(broker, "Waiting");

        for (var i = 0; i < Count; i++) await PublishAsync(app, trigger, i);
        var waiting = await ExecutionsAsync(app);
        await server.StartAgainAsync();
        await Eventually.TrueAsync(async () => (await ExecutionsAsync(app)).All(e => e.Status == ExecutionStatus.Succeeded), "all to succeed");

        Assert.Equal(Count, waiting.Count);
        Assert.All(waiting, e => Assert.Equal((ExecutionStatus.Queued, 0), (e.Status, e.Attempts)));
        Assert.All(await ExecutionsAsync(app), e => Assert.Equal(1, e.Attempts));
        var messages = await TakeAllAsync(server);
        Assert.Equal(Enumerable.Range(0, Count), messages.Select(m => int.Parse(m.Text, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task BrokerThatLostItsData_HasExchangeAndBindingBackBeforeTheFirstMessage()
    {
        await using var server = await RabbitMqServer.StartOwnAsync();
        await using var app = await TestApp.StartAsync();
        var (broker, trigger) = await SetUpAsync(app, server, maxAttempts: 1);
        await server.StopAsync();
        await app.WaitForAmqpBrokerAsync(broker, "Waiting");
        await PublishAsync(app, trigger, 1);

        server.LoseData();
        await server.StartAgainAsync();
        await Eventually.TrueAsync(async () => (await ExecutionsAsync(app)).All(e => e.FinishedAt is not null), "the message to be carried out");

        Assert.Equal("confirmed", Assert.Single(await ExecutionsAsync(app)).LastCode);
        Assert.Equal("1", Assert.Single(await TakeAllAsync(server)).Text);
    }

    [Fact]
    public async Task KilledThreeTimes_TwentyThousandMessages_AreInTheQueue()
    {
        const int Count = 20_000;
        const int Kills = 3;
        await using var server = await RabbitMqServer.StartOwnAsync();
        await using var app = await TestApp.StartAsync(new() { ["RateLimiting:Enabled"] = "false" });
        var (broker, trigger) = await SetUpAsync(app, server, maxAttempts: 8);
        await server.EvalAsync(RabbitMqServer.SaveDeclarations);

        var sent = 0;
        var senders = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref sent) is var number && number <= Count) await PublishAsync(app, trigger, number);
        })).ToList();
        for (var i = 1; i <= Kills; i++)
        {
            await Eventually.TrueAsync(async () => await FinishedAsync(app) > i * Count / (Kills + 2), "messages to flow");
            server.Kill();
            await server.StartAgainAsync();
            await app.WaitForAmqpBrokerAsync(broker, "Connected");
        }
        await Task.WhenAll(senders);
        await Eventually.TrueAsync(async () => await FinishedAsync(app) == Count, "all to be carried out");

        var executions = await ExecutionsAsync(app);
        Assert.Equal(Count, executions.Count);
        Assert.All(executions, e => Assert.Equal((ExecutionStatus.Succeeded, "confirmed"), (e.Status, e.LastCode)));
        var messages = await TakeAllAsync(server);
        var arrived = messages.Select(m => Guid.Parse(m.Properties.MessageId!)).ToHashSet();
        Assert.True(arrived.SetEquals(executions.Select(e => e.Id)), $"{Count} succeeded, {arrived.Count} are in the queue.");
        Assert.All(messages.GroupBy(m => m.Properties.MessageId), same => Assert.Single(same.Select(m => m.Text).Distinct()));
        output.WriteLine($"{Count} messages, {Kills} kills: all succeeded, {executions.Count(e => e.Attempts > 1)} with more than one attempt, {messages.Count - arrived.Count} copies more in the queue, none missing.");
    }

    private static async Task<(Guid Broker, Guid Trigger)> SetUpAsync(TestApp app, RabbitMqServer server, int maxAttempts)
    {
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{await server.AmqpPortAsync()}" });
        var exchange = await app.CreateExchangeAsync(broker, "numbers");
        await app.BindAsync(exchange, "numbers", "#");
        return (broker, await app.CreateAmqpTriggerAsync(new { exchangeId = exchange, routingKey = "n.{payload.n}", body = new { format = "json", template = "\"{payload.n}\"" } }, maxAttempts));
    }

    private static async Task PublishAsync(TestApp app, Guid trigger, int number)
        => Assert.NotNull((await app.SendAsync(HttpMethod.Post, $"/api/triggers/amqp/{trigger}/publish", new { payload = new { n = number } })).GetProperty("executionId").GetString());

    // By a client that is not ours
    private static async Task<List<RabbitMessage>> TakeAllAsync(RabbitMqServer server)
    {
        await using var browser = await RabbitMqBrowser.ConnectAsync(await server.AmqpPortAsync());
        return await browser.TakeAllAsync("numbers");
    }

    private static async Task<List<Execution>> ExecutionsAsync(TestApp app)
    {
        await using var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        return await context.Executions.AsNoTracking().OrderBy(e => e.Id).ToListAsync();
    }

    private static async Task<int> FinishedAsync(TestApp app)
    {
        await using var context = await app.Get<IDbContextFactory<TriggerConsoleDbContext>>().CreateDbContextAsync();
        return await context.Executions.CountAsync(e => e.FinishedAt != null);
    }
}
