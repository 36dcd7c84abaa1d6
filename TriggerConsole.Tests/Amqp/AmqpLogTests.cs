using TriggerConsole.Core.Amqp;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Executions;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Amqp;

public sealed class AmqpLogTests
{
    [Fact]
    public async Task Logs_Filters_FindWhatTheySay()
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var app = scripted.App;
        var (here, client) = await scripted.CreateBrokerAsync("Here");
        var (there, _) = await scripted.CreateBrokerAsync("There", connected: false);
        var exchange = await app.CreateExchangeAsync(here, "orders");
        var trigger = await app.CreateAmqpTriggerAsync(new { exchangeId = exchange, routingKey = "new.{payload.id}" });
        var away = await app.CreateAmqpTriggerAsync(new { brokerId = there, queue = "away" });
        for (var i = 0; i < 5; i++) await app.PublishAmqpAsync(trigger, new { id = i });
        client.Answer = (_, _) => Task.FromResult(ScriptedAmqpClient.Result(AmqpPublishStatus.Returned, 312, "NO_ROUTE"));
        await scripted.PublishAsync(new { brokerId = here, queue = "Alone", payload = "hello" });
        await scripted.PublishAsync(new { brokerId = there, exchange = "amq.fanout", routingKey = "alone" });
        await app.SendAsync(HttpMethod.Post, $"/api/triggers/amqp/{away}/publish", new { payload = new { n = 1 } });
        await using var sink = await HttpSink.StartAsync();
        await app.SendAsync(HttpMethod.Post, "/api/triggers/test", new { kind = "Http", settings = new { url = sink.At("/") } });
        var logs = app.Get<AmqpLogQueries>();

        Assert.Equal(8, (await ListAsync(new())).Count);
        Assert.Equal(["Alone", "new.4", "new.3", "new.2", "new.1", "new.0"], (await ListAsync(new() { BrokerId = here })).Select(e => e.RoutingKey));
        var waiting = (await ListAsync(new() { BrokerId = there }))[0]; // it has not been sent, but it is known where it leads
        Assert.Equal((ExecutionStatus.Queued, "There", null, away), (waiting.Status, waiting.Broker, waiting.Exchange, waiting.TriggerId));
        Assert.Equal(5, (await ListAsync(new() { TriggerId = trigger })).Count);
        Assert.Equal(["alone", "Alone"], (await ListAsync(new() { Q = " ALONE " })).Select(e => e.RoutingKey));
        Assert.Equal(5, (await ListAsync(new() { Q = "orders" })).Count);
        Assert.Equal(["alone"], (await ListAsync(new() { Q = "fanout" })).Select(e => e.RoutingKey));
        Assert.Equal(2, (await ListAsync(new() { Statuses = [ExecutionStatus.DeadLettered] })).Count);
        Assert.Empty(await ListAsync(new() { From = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero) }));
        var entry = (await ListAsync(new() { BrokerId = here, Q = "alone" }))[0];
        Assert.Equal(("Here", "default", "Alone", true, 5L, "312 NO_ROUTE", "unroutable", true, 1), (entry.Broker, entry.Exchange, entry.Queue, entry.Mandatory, entry.PayloadSize, entry.Reply, entry.Code, entry.Test, entry.Attempts));

        // Page by page nothing is missing and nothing comes twice, whether records are looked into or not
        foreach (var filter in new AmqpLogFilter[] { new(), new() { BrokerId = here }, new() { Q = "orders" } })
        {
            var all = new List<Guid>();
            string? cursor = null;
            do
            {
                var page = await logs.ListAsync(filter, cursor, 2, CancellationToken.None);
                all.AddRange(page.Items.Select(e => e.ExecutionId));
                cursor = page.NextCursor;
            }
            while (cursor is not null);
            Assert.Equal((await ListAsync(filter)).Select(e => e.ExecutionId), all);
        }

        async Task<IReadOnlyList<AmqpLogEntry>> ListAsync(AmqpLogFilter filter) => (await logs.ListAsync(filter, null, 100, CancellationToken.None)).Items;
    }

    [Fact]
    public async Task Logs_OfABrokerAmongManyTriggers_AreFoundByExchangeToo()
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var app = scripted.App;
        var (here, _) = await scripted.CreateBrokerAsync("Here");
        var (there, _) = await scripted.CreateBrokerAsync("There");
        var exchange = await app.CreateExchangeAsync(here, "orders");
        var byExchange = await app.CreateAmqpTriggerAsync(new { exchangeId = exchange, routingKey = "a" });
        var byQueue = await app.CreateAmqpTriggerAsync(new { brokerId = here, queue = "b" });
        var gone = await app.CreateAmqpTriggerAsync(new { exchangeId = await app.CreateExchangeAsync(here, "gone"), routingKey = "c" });
        foreach (var trigger in new[] { byExchange, byQueue, gone }) await app.PublishAmqpAsync(trigger, new { id = 1 });
        var elsewhere = Guid.Empty;
        for (var i = 0; i < 65; i++) elsewhere = await app.CreateAmqpTriggerAsync(new { brokerId = there, queue = "d" });
        await app.PublishAmqpAsync(elsewhere, new { id = 1 });
        Assert.Equal(204, (await app.TryAsync(HttpMethod.Delete, $"/api/triggers/{gone}")).Status);
        var exchanges = (await app.SendAsync(HttpMethod.Get, "/api/amqp/exchanges?q=gone")).GetProperty("items")[0].GetProperty("id").GetGuid();
        Assert.Equal(204, (await app.TryAsync(HttpMethod.Delete, $"/api/amqp/exchanges/{exchanges}")).Status);

        var page = await app.Get<AmqpLogQueries>().ListAsync(new() { BrokerId = here }, null, 100, CancellationToken.None);

        Assert.Equal(["c", "b", "a"], page.Items.Select(e => e.RoutingKey));
        Assert.Null(page.SearchedTo);
    }
}
