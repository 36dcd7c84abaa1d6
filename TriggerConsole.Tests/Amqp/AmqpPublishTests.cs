using System.Text;
using System.Text.Json;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Mqtt;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Amqp;

/// <summary>Publishing by hand and by triggers in the whole application.</summary>
public sealed class AmqpPublishTests
{
    [Fact]
    public async Task Publish_WithoutTrigger_SendsLiteralTextAndIsRecorded()
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var (broker, client) = await scripted.CreateBrokerAsync("Warehouse");
        var exchangeId = await scripted.App.CreateExchangeAsync(broker, "orders");

        var json = await DoneAsync(scripted, new { exchangeId, routingKey = "a.{not a placeholder}", payload = new { n = 1 }, priority = 5, correlationId = "{x}", headers = new { x = "{y}", n = 7, at = new { type = "timestamp", value = "0" } } });
        var text = await DoneAsync(scripted, new { brokerId = broker, queue = "in {box}", payload = "plain {text}", persistent = false, mandatory = false });
        var bytes = await DoneAsync(scripted, new { brokerId = broker, queue = "q", payloadBase64 = Convert.ToBase64String([0, 255]), expirationMs = 10, messageId = "m{1}" });
        var nothing = await DoneAsync(scripted, new { brokerId = broker, queue = "q" });

        var messages = client.Messages.ToList();
        Assert.Equal(("orders", "a.{not a placeholder}", """{"n":1}""", "application/json", true), (messages[0].Exchange, messages[0].RoutingKey, Text(messages[0]), messages[0].Properties.ContentType, messages[0].Mandatory));
        Assert.Equal(((byte)5, "{x}", "{y}", 7L), (messages[0].Properties.Priority, messages[0].Properties.CorrelationId, messages[0].Properties.Headers!["x"], messages[0].Properties.Headers!["n"]));
        Assert.Equal(json.Execution.Id.ToString(), messages[0].Properties.MessageId);
        Assert.Equal(("", "in {box}", "plain {text}", "text/plain; charset=utf-8", false, false), (messages[1].Exchange, messages[1].RoutingKey, Text(messages[1]), messages[1].Properties.ContentType, messages[1].Mandatory, messages[1].Properties.Persistent));
        Assert.Equal([0, 255], messages[2].Body.ToArray());
        Assert.Equal((null, "10", "m{1}"), (messages[2].Properties.ContentType, messages[2].Properties.Expiration, messages[2].Properties.MessageId));
        Assert.True(messages[3].Body.IsEmpty);
        foreach (var details in new[] { json, text, bytes, nothing })
        {
            Assert.Equal(("Succeeded", "Amqp", true, "confirmed"), (details.Execution.Status.ToString(), details.Execution.Kind.ToString(), details.Execution.Test, details.Execution.Code));
            var stored = (await scripted.App.SendAsync(HttpMethod.Get, $"/api/events/{details.Execution.EventId}")).GetProperty("event");
            Assert.Equal(("Api", "/api/amqp/publish"), (stored.GetProperty("origin").GetString(), stored.GetProperty("path").GetString()));
        }
        Assert.Equal(4, await scripted.App.CountAsync("/api/executions?kind=Amqp"));
    }

    [Fact]
    public async Task Publish_NameOfAnExchange_KnownHereOrNot()
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var (brokerId, client) = await scripted.CreateBrokerAsync("Warehouse");
        var known = await scripted.App.CreateExchangeAsync(brokerId, "orders");

        var here = await DoneAsync(scripted, new { brokerId, exchange = "orders", routingKey = "a" });
        var there = await DoneAsync(scripted, new { brokerId, exchange = "amq.topic" });
        var usual = await DoneAsync(scripted, new { brokerId, exchange = "", routingKey = "a queue" });

        Assert.Equal([("orders", "a"), ("amq.topic", ""), ("", "a queue")], client.Messages.Select(m => (m.Exchange, m.RoutingKey)));
        Assert.Equal(known.ToString(), here.Attempts[0].Request!.Value.GetProperty("exchangeId").GetString());
        Assert.False(there.Attempts[0].Request!.Value.TryGetProperty("exchangeId", out _));
        Assert.Equal("a queue", usual.Attempts[0].Request!.Value.GetProperty("queue").GetString());
    }

    [Fact]
    public async Task Publish_BadInput_NamesTheFieldAndSendsNothing()
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var (brokerId, client) = await scripted.CreateBrokerAsync("Warehouse");
        var exchangeId = await scripted.App.CreateExchangeAsync(brokerId, "orders");
        (object Input, string Field)[] rows =
        [
            (new { routingKey = "a" }, "exchangeId"),
            (new { exchangeId = Guid.NewGuid(), routingKey = "a" }, "exchangeId"),
            (new { exchangeId, exchange = "orders", routingKey = "a" }, "exchange"),
            (new { exchangeId }, "routingKey"),
            (new { exchangeId, routingKey = new string('x', 256) }, "routingKey"),
            (new { exchangeId, routingKey = "a\0" }, "routingKey"),
            (new { queue = "q" }, "brokerId"),
            (new { exchange = "amq.topic" }, "brokerId"),
            (new { brokerId = Guid.NewGuid(), exchange = "amq.topic" }, "brokerId"),
            (new { brokerId, exchange = "a\nb" }, "exchange"),
            (new { brokerId, exchange = "orders" }, "routingKey"),
            (new { brokerId, exchange = "x", queue = "q" }, "exchange"),
            (new { brokerId, exchange = "" }, "queue"),
            (new { brokerId, queue = "" }, "queue"),
            (new { brokerId, queue = "q", routingKey = "a" }, "routingKey"),
            (new { brokerId, queue = "q", priority = 256 }, "priority"),
            (new { brokerId, queue = "q", expirationMs = -1 }, "expirationMs"),
            (new { brokerId, queue = "q", timeoutSeconds = 0 }, "timeoutSeconds"),
            (new { brokerId, queue = "q", type = new string('x', 256) }, "type"),
            (new { brokerId, queue = "q", headers = new { n = new { type = "integer", value = "x" } } }, "headers.n"),
            (new { brokerId, queue = "q", headers = new { n = Array.Empty<int>() } }, "headers.n"),
            (new { brokerId, queue = "q", topic = "a" }, "topic"),
            (new { brokerId, queue = "q", format = "json", payload = "{\"a\":" }, "payload"),
            (new { brokerId, queue = "q", format = "xml", payload = "<a>" }, "payload"),
            (new { brokerId, queue = "q", format = "xml" }, "payload"),
            (new { brokerId, queue = "q", payloadBase64 = "%%" }, "payloadBase64"),
            (new { brokerId, queue = "q", payload = "x", payloadBase64 = "AA==" }, "payloadBase64"),
            (new { brokerId, queue = "q", format = "json", payloadBase64 = "AA==" }, "payloadBase64"),
        ];

        foreach (var (input, field) in rows)
        {
            var (status, fields, text) = await scripted.App.TryAsync(HttpMethod.Post, "/api/amqp/publish", input);
            Assert.True(status == 400 && fields.SequenceEqual([field]), $"{input}: {status} {text}");
        }
        Assert.Empty(client.Messages);
        Assert.Equal(0, await scripted.App.CountAsync("/api/executions"));
    }

    [Fact]
    public async Task Trigger_BadSettings_NamesTheFieldAndSavesNothing()
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var (brokerId, _) = await scripted.CreateBrokerAsync("Warehouse");

        foreach (var (settings, field, sentence) in new (object, string, string)[]
        {
            (new { brokerId, queue = "q", headers = new { a = Array.Empty<int>() } }, "settings.headers.a", "A header is a text"),
            (new { brokerId, queue = "q", headers = new { a = new { type = "odd", value = "x" } } }, "settings.headers.a", "string, integer"),
            (new { brokerId, queue = "q", priority = "high" }, "settings.priority", "whole number"),
            (new { brokerId, queue = "q.{payload.id}" }, "settings.queue", "no placeholders"),
        })
        {
            var (status, fields, text) = await scripted.App.TryAsync(HttpMethod.Post, "/api/triggers", new { kind = "Amqp", name = "x", settings });
            Assert.True(status == 400 && fields.SequenceEqual([field]) && text.Contains(sentence, StringComparison.Ordinal), $"{settings}: {status} {text}");
        }
        Assert.Equal(0, await scripted.App.CountAsync("/api/triggers"));
    }

    [Fact]
    public async Task Trigger_Refused_IsTriedAgainWithTheSameMessageIdAndNothingElseChanged()
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var (brokerId, client) = await scripted.CreateBrokerAsync("Warehouse");
        client.Answer = (_, _) => Task.FromResult(ScriptedAmqpClient.Result(client.Messages.Count < 3 ? AmqpPublishStatus.Refused : AmqpPublishStatus.Confirmed));
        var trigger = await CreateTriggerAsync(scripted, new { brokerId, queue = "q", messageId = "m-{payload.id}" });

        var details = await scripted.App.PublishAmqpAsync(trigger, new { id = 7 });

        Assert.Equal(("Succeeded", 3), End(details));
        Assert.All(client.Messages, m => Assert.Equal(("m-7", details.GetProperty("execution").GetProperty("id").GetString()), (m.Properties.MessageId, m.Key)));
        Assert.Equal(["confirmed", "refused", "refused"], details.GetProperty("attempts").EnumerateArray().Select(a => a.GetProperty("response").GetProperty("outcome").GetString()));
    }

    [Theory]
    [InlineData(false, "DeadLettered", 1)]
    [InlineData(true, "Succeeded", 3)]
    public async Task Trigger_Unroutable_IsTriedAgainOnlyWhenItSaysSo(bool retryUnroutable, string status, int attempts)
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var (brokerId, client) = await scripted.CreateBrokerAsync("Warehouse");
        client.Answer = (_, _) => Task.FromResult(client.Messages.Count < 3 ? ScriptedAmqpClient.Result(AmqpPublishStatus.Returned, 312, "NO_ROUTE") : ScriptedAmqpClient.Result(AmqpPublishStatus.Confirmed));
        var trigger = await CreateTriggerAsync(scripted, new { brokerId, queue = "q", retryUnroutable });

        var details = await scripted.App.PublishAmqpAsync(trigger, new { id = 7 });

        Assert.Equal((status, attempts), End(details));
        var first = details.GetProperty("attempts").EnumerateArray().Last();
        Assert.Equal(("unroutable", 312, "NO_ROUTE"), (first.GetProperty("code").GetString(), first.GetProperty("response").GetProperty("replyCode").GetInt32(), first.GetProperty("response").GetProperty("replyText").GetString()));
    }

    [Fact]
    public async Task Away_Executions_WaitWithoutAttemptsAndGoOutInOrder()
    {
        const int Count = 300;
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var (brokerId, client) = await scripted.CreateBrokerAsync("Warehouse", connected: false);
        var trigger = await CreateTriggerAsync(scripted, new { brokerId, queue = "numbers", body = new { format = "json", template = "\"{payload.n}\"" } });
        client.Become(AmqpState.Waiting, new(AmqpConnectFault.Refused, "Nothing listens there."));
        for (var n = 0; n < Count; n++) await StartAsync(scripted, trigger, n);
        var waiting = await scripted.App.CountAsync("/api/executions?status=Queued&pageSize=200");

        client.Become(AmqpState.Connected);
        await Eventually.TrueAsync(async () => await scripted.App.CountAsync("/api/executions?status=Queued,Running,Retrying") == 0, "all to be carried out");

        Assert.Equal(200, waiting);
        Assert.Equal(Enumerable.Range(0, Count).Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)), client.Messages.Select(Text));
        Assert.All((await scripted.App.SendAsync(HttpMethod.Get, "/api/executions?pageSize=200")).GetProperty("items").EnumerateArray(), e => Assert.Equal(("Succeeded", 1), (e.GetProperty("status").GetString(), e.GetProperty("attempts").GetInt32())));
    }

    [Fact]
    public async Task Blocked_Executions_WaitWithoutAttemptsUntilItTakesThemAgain()
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var (brokerId, client) = await scripted.CreateBrokerAsync("Warehouse");
        var trigger = await CreateTriggerAsync(scripted, new { brokerId, queue = "numbers" });
        // It says so only once something was sent: that comes back unsent, and waits with the others
        client.Answer = (_, _) =>
        {
            client.Become(AmqpState.Blocked, blocked: "low on memory");
            return Task.FromResult(ScriptedAmqpClient.Result(AmqpPublishStatus.Blocked));
        };
        for (var n = 0; n < 20; n++) await StartAsync(scripted, trigger, n);
        await Eventually.TrueAsync(async () => await scripted.App.CountAsync("/api/executions?status=Queued") == 20 && !client.Messages.IsEmpty, "all to wait");
        var asked = client.Messages.Count;

        client.Answer = (_, _) => Task.FromResult(ScriptedAmqpClient.Result(AmqpPublishStatus.Confirmed));
        client.Become(AmqpState.Connected);
        await Eventually.TrueAsync(async () => await scripted.App.CountAsync("/api/executions?status=Succeeded") == 20, "all to be carried out");

        Assert.InRange(asked, 1, 20);
        Assert.All((await scripted.App.SendAsync(HttpMethod.Get, "/api/executions")).GetProperty("items").EnumerateArray(), e => Assert.Equal(1, e.GetProperty("attempts").GetInt32()));
    }

    [Fact]
    public async Task Callback_WithAnAmqpTrigger_PublishesItsEventsByteForByte()
    {
        await using var scripted = await ScriptedAmqpApp.StartAsync();
        var (brokerId, client) = await scripted.CreateBrokerAsync("Warehouse");
        var exchangeId = await scripted.App.CreateExchangeAsync(brokerId, "orders");
        var made = await scripted.App.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Orders" });
        var id = made.GetProperty("id").GetGuid();
        var trigger = await scripted.App.SendAsync(HttpMethod.Post, $"/api/callbacks/{id}/amqp", new { name = "Warehouse", settings = new { exchangeId, routingKey = "in.{header:X-Region|none}" } });
        Assert.Equal("Publish to exchange orders at Warehouse for routing key in.{header:X-Region|none}, with the event as it came", trigger.GetProperty("description").GetString());
        var callback = new TestCallback(id, made.GetProperty("token").GetString()!, trigger.GetProperty("id").GetGuid());
        var payload = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        using var content = new ByteArrayContent(payload);
        content.Headers.ContentType = new("application/octet-stream");

        using var answer = await scripted.App.FireAsync(callback, content, request => request.Headers.Add("X-Region", "eu"));
        await Eventually.TrueAsync(() => client.Messages.Count == 1, "the message");

        Assert.Equal(202, (int)answer.StatusCode);
        var message = client.Messages.Single();
        Assert.Equal(payload, message.Body.ToArray());
        Assert.Equal(("orders", "in.eu", "application/octet-stream"), (message.Exchange, message.RoutingKey, message.Properties.ContentType));
    }

    private static Task<Guid> CreateTriggerAsync(ScriptedAmqpApp scripted, object settings) => CreateTriggerAsync(scripted.App, settings);

    private static async Task<Guid> CreateTriggerAsync(TestApp app, object settings)
        => (await app.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Amqp", name = "Tell the warehouse", settings, retry = new { maxAttempts = 5, strategy = "fixed", delaySeconds = 0.01, jitter = false } })).GetProperty("id").GetGuid();

    private static async Task StartAsync(ScriptedAmqpApp scripted, Guid trigger, int n)
        => await scripted.App.SendAsync(HttpMethod.Post, $"/api/triggers/amqp/{trigger}/publish", new { payload = new { n } });

    private static async Task<ExecutionDetails> DoneAsync(ScriptedAmqpApp scripted, object input)
    {
        var result = await scripted.PublishAsync(input);
        Assert.False(result.IsRefused, (result.Refusal as Refusal.Invalid)?.Errors[0].ToString() ?? result.Refusal?.Message);
        return result.Value!;
    }

    private static string Text(AmqpMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    private static (string? Status, int Attempts) End(JsonElement details)
        => (details.GetProperty("execution").GetProperty("status").GetString(), details.GetProperty("execution").GetProperty("attempts").GetInt32());
}
