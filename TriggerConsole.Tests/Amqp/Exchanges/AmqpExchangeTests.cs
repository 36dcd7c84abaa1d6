using System.Text.Json;
using TriggerConsole.Tests.Mqtt;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Amqp.Exchanges;

/// <summary>Exchanges, bindings and queues at a real broker.</summary>
[Collection(nameof(RabbitMqServer))]
public sealed class AmqpExchangeTests(RabbitMqServer rabbit)
{
    [Fact]
    public async Task Create_MakesItAtTheBroker_AndAgainAfterItWasDeletedThere()
    {
        var name = $"made-{Guid.NewGuid():N}";
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}" });

        var exchange = await app.SendAsync(HttpMethod.Post, "/api/amqp/exchanges", new { brokerId = broker, name, type = "headers", alternateExchange = "amq.fanout", arguments = new { note = "ours", number = 5 } });

        Assert.Equal(("Present", "headers", true), (State(exchange), exchange.GetProperty("type").GetString(), exchange.GetProperty("durable").GetBoolean()));
        // Another application, which only looks, sees it
        await using var other = await TestApp.StartAsync();
        var elsewhere = await other.ConnectAmqpBrokerAsync(new { name = "B", url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}" });
        var looked = await other.SendAsync(HttpMethod.Post, "/api/amqp/exchanges", new { brokerId = elsewhere, name, type = "headers", declare = false });
        Assert.Equal("Present", State(looked));
        var path = $"/api/amqp/exchanges/{looked.GetProperty("id").GetGuid()}";
        Assert.Equal(204, (await other.TryAsync(HttpMethod.Delete, path + "?atBroker=true")).Status);

        var checkedAgain = await app.SendAsync(HttpMethod.Post, $"/api/amqp/exchanges/{exchange.GetProperty("id").GetGuid()}/check");
        Assert.Equal("Present", State(checkedAgain));
        var missing = await other.SendAsync(HttpMethod.Post, "/api/amqp/exchanges", new { brokerId = elsewhere, name = name + "-none", type = "topic", declare = false });
        Assert.Equal("Missing", State(missing));
        Assert.Contains("There is no exchange", missing.GetProperty("status").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OneThatIsThereOtherwise_IsRefusedWithBothDefinitions()
    {
        var name = $"clash-{Guid.NewGuid():N}";
        await using var app = await TestApp.StartAsync();
        await using var other = await TestApp.StartAsync();
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}" });
        var elsewhere = await other.ConnectAmqpBrokerAsync(new { name = "B", url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}" });
        await app.SendAsync(HttpMethod.Post, "/api/amqp/exchanges", new { brokerId = broker, name, type = "topic", durable = true, @internal = true, alternateExchange = "amq.fanout" });

        var (status, _, detail) = await other.TryAsync(HttpMethod.Post, "/api/amqp/exchanges", new { brokerId = elsewhere, name, type = "fanout", durable = false, autoDelete = true, alternateExchange = "amq.direct" });

        Assert.Equal(409, status);
        Assert.Contains("Wanted here: fanout, not durable, auto-delete, alternate exchange amq.direct", detail, StringComparison.Ordinal);
        Assert.Contains("It is: topic, durable, internal, alternate exchange amq.fanout", detail, StringComparison.Ordinal);
        Assert.Equal(0, await other.CountAsync("/api/amqp/exchanges"));
    }

    [Fact]
    public async Task Create_WhileTheBrokerIsAway_IsMadeWhenItIsBack()
    {
        var name = $"later-{Guid.NewGuid():N}";
        await using var app = await TestApp.StartAsync();
        var broker = await app.CreateAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}", enabled = false });
        var exchange = await app.CreateExchangeAsync(broker, name);
        Assert.Equal("Unknown", State(await app.SendAsync(HttpMethod.Get, $"/api/amqp/exchanges/{exchange}")));
        Assert.Equal(409, (await app.TryAsync(HttpMethod.Post, $"/api/amqp/exchanges/{exchange}/bindings", new { queue = "q", createQueue = new { } })).Status);

        await app.SendAsync(HttpMethod.Put, $"/api/amqp/brokers/{broker}", new { enabled = true });

        await Eventually.TrueAsync(async () => State(await app.SendAsync(HttpMethod.Get, $"/api/amqp/exchanges/{exchange}")) == "Present", "the exchange to be made");
    }

    [Fact]
    public async Task Bindings_AreMadeListedAndTakenAway_QueuesAreFound()
    {
        var (name, queue) = ($"bound-{Guid.NewGuid():N}", $"q-{Guid.NewGuid():N}");
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}" });
        var exchange = await app.CreateExchangeAsync(broker, name);
        var path = $"/api/amqp/exchanges/{exchange}/bindings";

        var (status, fields, text) = await app.TryAsync(HttpMethod.Post, path, new { queue, routingKey = "a.*" });
        Assert.Equal((400, "queue"), (status, Assert.Single(fields)));
        Assert.Contains("let it be made as well", text, StringComparison.Ordinal);
        Assert.False((await app.SendAsync(HttpMethod.Get, $"/api/amqp/brokers/{broker}/queue?name={queue}")).GetProperty("exists").GetBoolean());

        var binding = await app.BindAsync(exchange, queue, "a.*", new Dictionary<string, object> { ["x-max-length"] = 10 });
        Assert.Equal(binding, await app.BindAsync(exchange, queue, "a.*", new Dictionary<string, object> { ["x-max-length"] = 10 })); // once is enough
        var found = await app.SendAsync(HttpMethod.Get, $"/api/amqp/brokers/{broker}/queue?name={queue}");
        Assert.Equal((true, 0, 0), (found.GetProperty("exists").GetBoolean(), found.GetProperty("messages").GetInt32(), found.GetProperty("consumers").GetInt32()));
        Assert.Equal(1, (await app.SendAsync(HttpMethod.Get, $"/api/amqp/exchanges/{exchange}")).GetProperty("bindings").GetInt32());
        var (clash, _, why) = await app.TryAsync(HttpMethod.Post, path, new { queue, createQueue = new { durable = false } });
        Assert.Equal(409, clash);
        Assert.Contains("made otherwise", why, StringComparison.Ordinal);

        Assert.Equal(204, (await app.TryAsync(HttpMethod.Delete, $"{path}/{binding}")).Status);
        Assert.Equal(404, (await app.TryAsync(HttpMethod.Delete, $"{path}/{binding}")).Status);
        Assert.Equal(0, await app.CountAsync(path));
        Assert.Equal(["queue"], (await app.TryAsync(HttpMethod.Post, path, new { queue = "amq.mine", createQueue = new { } })).Fields);
        Assert.Equal(["queue", "routingKey"], (await app.TryAsync(HttpMethod.Post, path, new { queue = "", routingKey = new string('k', 256) })).Fields.Order());
    }

    private static string State(JsonElement exchange) => exchange.GetProperty("status").GetProperty("state").GetString()!;
}
