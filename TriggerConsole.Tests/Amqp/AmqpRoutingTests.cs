using RabbitMQ.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Amqp;

/// <summary>What arrives in queues, read back by a client that is not ours.</summary>
[Collection(nameof(RabbitMqServer))]
public sealed class AmqpRoutingTests(RabbitMqServer rabbit)
{
    [Theory]
    [InlineData("direct", "eu", "us", null)]
    [InlineData("topic", "orders.*.new", "orders.#.old", null)]
    [InlineData("fanout", "", null, null)]
    [InlineData("headers", "", "", "eu")]
    public async Task Exchange_OfEachType_RoutesAsItsTypeSays(string type, string fits, string? other, string? region)
    {
        await using var app = await TestApp.StartAsync();
        await using var browser = await RabbitMqBrowser.ConnectAsync(await rabbit.AmqpPortAsync());
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}" });
        var exchange = await app.CreateExchangeAsync(broker, RabbitMqBrowser.NewName("x"), type);
        var (wanted, unwanted) = (RabbitMqBrowser.NewName("q"), RabbitMqBrowser.NewName("q"));
        await app.BindAsync(exchange, wanted, fits, arguments: region is null ? null : new Dictionary<string, object> { ["x-match"] = "all", ["region"] = region });
        if (other is not null) await app.BindAsync(exchange, unwanted, other, arguments: region is null ? null : new Dictionary<string, object> { ["x-match"] = "all", ["region"] = "us" });
        var trigger = await app.CreateAmqpTriggerAsync(new
        {
            exchangeId = exchange,
            routingKey = type == "direct" ? "{payload.region}" : type == "topic" ? "orders.{payload.region}.new" : "",
            headers = new { region = "{payload.region}" },
        });

        var finished = await app.PublishAmqpAsync(trigger, new { region = "eu" });

        Assert.Equal("Succeeded", finished.GetProperty("execution").GetProperty("status").GetString());
        Assert.Equal("""{"region":"eu"}""", Assert.Single(await browser.TakeAllAsync(wanted)).Text);
        if (other is not null) Assert.Empty(await browser.TakeAllAsync(unwanted));
    }

    [Fact]
    public async Task Properties_Priority_Ttl_Persistence_Headers_AreReadBack()
    {
        await using var app = await TestApp.StartAsync();
        await using var browser = await RabbitMqBrowser.ConnectAsync(await rabbit.AmqpPortAsync());
        var queue = await browser.DeclareQueueAsync(null, ("x-max-priority", 9));
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}" });
        async Task<Guid> TriggerAsync(int priority, bool persistent) => await app.CreateAmqpTriggerAsync(new
        {
            brokerId = broker,
            queue,
            persistent,
            priority,
            expirationMs = 600_000,
            contentType = "application/vnd.order+json",
            contentEncoding = "identity",
            correlationId = "c-{payload.n}",
            replyTo = "answers",
            type = "order.{payload.kind}",
            appId = "console",
            headers = new
            {
                text = "ä {payload.kind}",
                count = new { type = "integer", value = "{payload.n}" },
                price = new { type = "number", value = "2.5" },
                flag = true,
                at = new { type = "timestamp", value = "2026-01-31T09:30:00Z" },
                raw = new { type = "binary", value = "AAH/" },
            },
            body = new { format = "json", template = """{"n":"{payload.n}"}""" },
        });
        var (low, high) = (await TriggerAsync(1, persistent: true), await TriggerAsync(8, persistent: false));

        var first = await app.PublishAmqpAsync(low, new { n = 1, kind = "new" });
        var second = await app.PublishAmqpAsync(high, new { n = 2, kind = "old" });

        var taken = await browser.TakeAllAsync(queue);
        Assert.Equal(["""{"n":2}""", """{"n":1}"""], taken.Select(m => m.Text)); // the higher priority overtook
        Assert.Equal([(DeliveryModes.Transient, (byte)8), (DeliveryModes.Persistent, (byte)1)], taken.Select(m => (m.Properties.DeliveryMode, m.Properties.Priority)));
        var properties = taken[1].Properties;
        Assert.Equal(("600000", "application/vnd.order+json", "identity", "c-1", "answers", "order.new", "console"),
            (properties.Expiration, properties.ContentType, properties.ContentEncoding, properties.CorrelationId, properties.ReplyTo, properties.Type, properties.AppId));
        var execution = first.GetProperty("execution").GetProperty("id").GetString();
        Assert.Equal(execution, properties.MessageId);
        Assert.NotEqual(execution, taken[0].Properties.MessageId);
        Assert.Equal(second.GetProperty("execution").GetProperty("id").GetString(), Utf8(taken[0].Properties.Headers!["idempotency-key"]));
        var headers = properties.Headers!;
        Assert.Equal(("ä new", 1L, 2.5, true, new AmqpTimestamp(1_769_851_800)), (Utf8(headers["text"]), headers["count"], headers["price"], headers["flag"], headers["at"]));
        Assert.Equal([0, 1, 255], Assert.IsType<BinaryTableValue>(headers["raw"]).Bytes);
        Assert.True(properties.Timestamp.UnixTime > 1_700_000_000);
    }

    [Fact]
    public async Task Event_OfAnyBytes_GoesOnAsItCame()
    {
        byte[] payload = [0, 1, 255, 0xC3, 0x28, 10, 13];
        await using var app = await TestApp.StartAsync();
        await using var browser = await RabbitMqBrowser.ConnectAsync(await rabbit.AmqpPortAsync());
        var queue = await browser.DeclareQueueAsync();
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}" });
        var callback = await app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Bytes" });
        await app.SendAsync(HttpMethod.Post, $"/api/callbacks/{callback.GetProperty("id").GetGuid()}/amqp", new { name = "To the queue", settings = new { brokerId = broker, queue } });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{callback.GetProperty("id").GetGuid()}") { Content = new ByteArrayContent(payload) };
        request.Headers.Add("X-Callback-Token", callback.GetProperty("token").GetString());
        using var response = await app.Anonymous.SendAsync(request);

        await Eventually.TrueAsync(async () => await browser.CountAsync(queue) == 1, "the message to arrive");
        Assert.Equal(payload, Assert.Single(await browser.TakeAllAsync(queue)).Body);
    }

    private static string Utf8(object? value) => System.Text.Encoding.UTF8.GetString(Assert.IsType<byte[]>(value));
}
