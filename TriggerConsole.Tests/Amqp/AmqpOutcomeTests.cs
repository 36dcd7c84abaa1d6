using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;
using static TriggerConsole.Tests.Testing.RabbitMqServer;

namespace TriggerConsole.Tests.Amqp;

/// <summary>What RabbitMQ says of a message is what the execution says: each outcome by its name, through the whole application.</summary>
[Collection(nameof(RabbitMqServer))]
public sealed class AmqpOutcomeTests(RabbitMqServer rabbit)
{
    [Fact]
    public async Task Unroutable_IsADeadLetterWithTheBrokersCode_AndSucceedsWhenReplayedWithABinding()
    {
        await using var app = await TestApp.StartAsync();
        var exchange = await ExchangeAsync(app);
        var trigger = await app.CreateAmqpTriggerAsync(new { exchangeId = exchange, routingKey = "eu.{payload.n}" }, maxAttempts: 5);

        var lost = await app.PublishAmqpAsync(trigger, new { n = 7 });

        Assert.Equal(("DeadLettered", "unroutable"), Outcome(lost));
        Assert.Contains("no queue is bound", Detail(lost), StringComparison.Ordinal);
        var attempt = Assert.Single(lost.GetProperty("attempts").EnumerateArray()); // not retried
        Assert.Equal((312, "NO_ROUTE"), (attempt.GetProperty("response").GetProperty("replyCode").GetInt32(), attempt.GetProperty("response").GetProperty("replyText").GetString()));
        await app.BindAsync(exchange, RabbitMqBrowser.NewName("q"), "eu.*");
        var replayed = await app.SendAsync(HttpMethod.Post, $"/api/executions/{lost.GetProperty("execution").GetProperty("id").GetGuid()}/replay");
        var id = replayed.GetProperty("executionId").GetGuid();
        await Eventually.TrueAsync(async () => (await app.SendAsync(HttpMethod.Get, $"/api/executions/{id}")).GetProperty("execution").GetProperty("status").GetString() == "Succeeded", "the replay to succeed");
    }

    [Fact]
    public async Task Unroutable_AsTheTriggerChooses_IsRetriedOrTakenForDone()
    {
        await using var app = await TestApp.StartAsync();
        var exchange = await ExchangeAsync(app);
        var retrying = await app.CreateAmqpTriggerAsync(new { exchangeId = exchange, routingKey = "x", retryUnroutable = true }, maxAttempts: 3);
        var careless = await app.CreateAmqpTriggerAsync(new { exchangeId = exchange, routingKey = "x", mandatory = false });

        var accepted = await app.SendAsync(HttpMethod.Post, $"/api/triggers/amqp/{retrying}/publish", new { payload = 1 });
        var id = accepted.GetProperty("executionId").GetGuid();
        await Eventually.TrueAsync(async () => (await app.SendAsync(HttpMethod.Get, $"/api/executions/{id}")).GetProperty("execution").GetProperty("status").GetString() == "Retrying", "a retry to be planned");

        Assert.Equal(("Succeeded", "confirmed"), Outcome(await app.PublishAmqpAsync(careless, 1)));
    }

    [Fact]
    public async Task FullQueue_ThatRejects_IsRefused()
    {
        await using var app = await TestApp.StartAsync();
        var exchange = await ExchangeAsync(app);
        await app.BindAsync(exchange, RabbitMqBrowser.NewName("q"), "#", new Dictionary<string, object> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });
        var trigger = await app.CreateAmqpTriggerAsync(new { exchangeId = exchange, routingKey = "x" });

        Assert.Equal(("Succeeded", "confirmed"), Outcome(await app.PublishAmqpAsync(trigger, 1)));
        var refused = await app.PublishAmqpAsync(trigger, 2);

        Assert.Equal(("DeadLettered", "refused"), Outcome(refused));
        Assert.Equal("refused", refused.GetProperty("attempts")[0].GetProperty("response").GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task ExchangeThatIsGone_IsExchangeMissing_AndHarmsNoOtherExchange()
    {
        await using var app = await TestApp.StartAsync();
        await using var browser = await RabbitMqBrowser.ConnectAsync(await rabbit.AmqpPortAsync());
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = await UrlAsync() });
        var (gone, well) = (RabbitMqBrowser.NewName("x"), RabbitMqBrowser.NewName("x"));
        var goneId = await app.CreateExchangeAsync(broker, gone);
        var wellId = await app.CreateExchangeAsync(broker, well);
        await app.BindAsync(wellId, RabbitMqBrowser.NewName("q"), "#");
        var bad = await app.CreateAmqpTriggerAsync(new { exchangeId = goneId, routingKey = "x" });
        var good = await app.CreateAmqpTriggerAsync(new { exchangeId = wellId, routingKey = "x" });
        await browser.Channel.ExchangeDeleteAsync(gone);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => app.PublishAmqpAsync(i % 2 == 0 ? bad : good, i)));

        Assert.All(outcomes.Where((_, i) => i % 2 == 0), o => Assert.Equal(("DeadLettered", "exchange_missing"), Outcome(o)));
        Assert.All(outcomes.Where((_, i) => i % 2 == 1), o => Assert.Equal(("Succeeded", "confirmed"), Outcome(o)));
        Assert.Contains(gone, Detail(outcomes[0]), StringComparison.Ordinal);
        Assert.Equal(404, outcomes[0].GetProperty("attempts")[0].GetProperty("response").GetProperty("replyCode").GetInt32());
    }

    [Fact]
    public async Task UserWithoutPermission_IsAccessRefused_WrongSignInsAreNamed()
    {
        var (user, host, closed) = (RabbitMqBrowser.NewName("u"), RabbitMqBrowser.NewName("v"), RabbitMqBrowser.NewName("w"));
        const string Password = "secret-of-the-user";
        await rabbit.EvalAsync(AddUser(user, Password), AddVirtualHost(host), AddVirtualHost(closed), Permit(user, host, configure: ".*", write: "^allowed", read: ".*"));
        await using var app = await TestApp.StartAsync();
        var port = await rabbit.AmqpPortAsync();
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{port}/{host}", username = user, password = Password });
        var exchange = await app.CreateExchangeAsync(broker, "forbidden");
        var trigger = await app.CreateAmqpTriggerAsync(new { exchangeId = exchange, routingKey = "x" });

        var refused = await app.PublishAmqpAsync(trigger, 1);

        Assert.Equal(("DeadLettered", "access_refused"), Outcome(refused));
        Assert.Equal(403, refused.GetProperty("attempts")[0].GetProperty("response").GetProperty("replyCode").GetInt32());
        Assert.DoesNotContain(Password, refused.ToString(), StringComparison.Ordinal);
        foreach (var (settings, code) in new (object, string)[]
        {
            (new { url = $"amqp://127.0.0.1:{port}/{host}", username = user, password = "wrong" }, "login_refused"),
            (new { url = $"amqp://127.0.0.1:{port}/no-such-host", username = user, password = Password }, "vhost_missing"),
            (new { url = $"amqp://127.0.0.1:{port}/{closed}", username = user, password = Password }, "vhost_refused"),
        })
        {
            var test = await app.SendAsync(HttpMethod.Post, "/api/amqp/test-connection", new { settings });
            Assert.Equal((false, code), (test.GetProperty("succeeded").GetBoolean(), test.GetProperty("failure").GetProperty("code").GetString()));
            var wrong = await app.CreateAmqpBrokerAsync(settings is { } s ? Named(s) : settings);
            var waiting = await app.WaitForAmqpBrokerAsync(wrong, "Waiting");
            Assert.Equal(code, waiting.GetProperty("status").GetProperty("lastFailure").GetProperty("code").GetString());
            var published = await app.SendAsync(HttpMethod.Post, "/api/amqp/publish", new { brokerId = wrong, queue = "q", payload = 1 });
            Assert.Equal(("DeadLettered", "broker_unreachable"), Outcome(published));
        }
    }

    private static Dictionary<string, object?> Named(object settings)
        => new(settings.GetType().GetProperties().Select(p => new KeyValuePair<string, object?>(p.Name, p.GetValue(settings)))) { ["name"] = "wrong" };

    private async Task<Guid> ExchangeAsync(TestApp app)
        => await app.CreateExchangeAsync(await app.ConnectAmqpBrokerAsync(new { name = "A", url = await UrlAsync() }), RabbitMqBrowser.NewName("x"));

    private async Task<string> UrlAsync() => $"amqp://127.0.0.1:{await rabbit.AmqpPortAsync()}";

    private static (string?, string?) Outcome(JsonElement finished) => (finished.GetProperty("execution").GetProperty("status").GetString(), finished.GetProperty("execution").GetProperty("code").GetString());

    private static string Detail(JsonElement finished) => finished.GetProperty("execution").GetProperty("detail").GetString()!;
}

/// <summary>A broker of its own, because an alarm holds up everybody.</summary>
public sealed class AmqpBlockedTests
{
    [Fact]
    public async Task MemoryAlarm_ExecutionsWaitAndTheStateSaysWhy_ThenAllGoesOn()
    {
        await using var server = await StartOwnAsync();
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectAmqpBrokerAsync(new { name = "A", url = $"amqp://127.0.0.1:{await server.AmqpPortAsync()}" });
        var exchange = await app.CreateExchangeAsync(broker, "x");
        await app.BindAsync(exchange, "q", "#");
        var trigger = await app.CreateAmqpTriggerAsync(new { exchangeId = exchange, routingKey = "x", timeoutSeconds = 2 }, maxAttempts: 5);
        await server.EvalAsync(MemoryAlarm(isOn: true));

        // The broker says it only to those who publish: the first one is on its way when it does
        var first = await app.SendAsync(HttpMethod.Post, $"/api/triggers/amqp/{trigger}/publish", new { payload = 0 });
        var blocked = await app.WaitForAmqpBrokerAsync(broker, "Blocked");
        Assert.Contains("memory", blocked.GetProperty("status").GetProperty("blockedReason").GetString(), StringComparison.OrdinalIgnoreCase);
        for (var i = 1; i <= 10; i++) await app.SendAsync(HttpMethod.Post, $"/api/triggers/amqp/{trigger}/publish", new { payload = i });
        var id = first.GetProperty("executionId").GetGuid();
        var late = await Eventually.GetAsync(async () =>
        {
            var execution = (await app.SendAsync(HttpMethod.Get, $"/api/executions/{id}")).GetProperty("execution");
            return (execution.GetProperty("code").GetString() is not null, execution);
        }, "the first attempt to end");
        Assert.Equal("broker_blocked", late.GetProperty("code").GetString());
        var tried = await app.SendAsync(HttpMethod.Post, "/api/amqp/publish", new { exchangeId = exchange, routingKey = "x", payload = 99 });
        Assert.Equal("broker_blocked", tried.GetProperty("execution").GetProperty("code").GetString());
        var waiting = (await app.SendAsync(HttpMethod.Get, "/api/executions?status=Queued")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(10, waiting.Count);
        Assert.All(waiting, e => Assert.Equal(0, e.GetProperty("attempts").GetInt32()));

        await server.EvalAsync(MemoryAlarm(isOn: false));

        await app.WaitForAmqpBrokerAsync(broker, "Connected");
        await Eventually.TrueAsync(async () => (await app.SendAsync(HttpMethod.Get, "/api/executions?status=Succeeded")).GetProperty("items").GetArrayLength() == 11, "all to go on");
    }
}
