using System.Text;
using System.Text.Json;
using TriggerConsole.Tests.Mqtt;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Amqp.Brokers;

/// <summary>Brokers through the API: made, read, changed, deleted, refused. None of these needs a broker that answers.</summary>
public sealed class AmqpBrokerApiTests
{
    private const string Nowhere = "amqp://127.0.0.1:9";

    [Fact]
    public async Task Create_LeastInput_HasDefaultsAndNoSecrets()
    {
        await using var app = await TestApp.StartAsync();

        var made = await app.SendAsync(HttpMethod.Post, "/api/amqp/brokers", new { name = " Warehouse ", url = Nowhere });

        Assert.Equal(("Warehouse", true, Nowhere, "/", "guest", 30, "", 0, 0, 1), (Text(made, "name"), made.GetProperty("enabled").GetBoolean(), Text(made, "url"), Text(made, "virtualHost"), Text(made, "username"),
            made.GetProperty("heartbeatSeconds").GetInt32(), Text(made, "connectionName"), made.GetProperty("triggers").GetInt32(), made.GetProperty("exchanges").GetInt32(), made.GetProperty("version").GetInt32()));
        Assert.Equal((JsonValueKind.Null, false, JsonValueKind.Null), (made.GetProperty("password").ValueKind, made.GetProperty("hasPassword").GetBoolean(), made.GetProperty("tls").ValueKind));
        var id = made.GetProperty("id").GetGuid();
        var waiting = await app.WaitForAmqpBrokerAsync(id, "Waiting");
        var failure = waiting.GetProperty("status").GetProperty("lastFailure");
        Assert.Equal("connect_refused", Text(failure, "code"));
        Assert.Contains("nothing listens on port 9", Text(failure, "detail"), StringComparison.Ordinal);
        Assert.Equal(1, (await app.SendAsync(HttpMethod.Get, "/api/amqp/brokers?q=HOUSE&enabled=true")).GetProperty("total").GetInt32());
        Assert.Equal(0, (await app.SendAsync(HttpMethod.Get, "/api/amqp/brokers?q=elsewhere")).GetProperty("total").GetInt32());
        Assert.Equal(404, (await app.TryAsync(HttpMethod.Get, $"/api/amqp/brokers/{Guid.NewGuid()}")).Status);
    }

    [Theory]
    [InlineData("amqp://127.0.0.1:9", "amqp://127.0.0.1:9", "/", "guest", false)]
    [InlineData("amqp://127.0.0.1:9/", "amqp://127.0.0.1:9/", "/", "guest", false)]
    [InlineData("amqp://127.0.0.1:9/%2F", "amqp://127.0.0.1:9/%2F", "/", "guest", false)]
    [InlineData("amqp://127.0.0.1:9/sales%2Feu", "amqp://127.0.0.1:9/sales%2Feu", "sales/eu", "guest", false)]
    [InlineData("amqp://ada:p%40ss@127.0.0.1:9/sales", "amqp://127.0.0.1:9/sales", "sales", "ada", true)]
    [InlineData("amqps://ada@127.0.0.1:9", "amqps://127.0.0.1:9", "/", "ada", false)]
    public async Task Create_AddressAsOthersWriteIt_IsTakenApart(string url, string kept, string virtualHost, string user, bool hasPassword)
    {
        await using var app = await TestApp.StartAsync();

        var made = await app.SendAsync(HttpMethod.Post, "/api/amqp/brokers", new { name = "x", url, enabled = false });

        Assert.Equal((kept, virtualHost, user, hasPassword), (Text(made, "url"), Text(made, "virtualHost"), Text(made, "username"), made.GetProperty("hasPassword").GetBoolean()));
    }

    [Fact]
    public async Task Update_KeepsWhatIsLeftOutAndSecrets_UntilTheHostChanges()
    {
        await using var app = await TestApp.StartAsync();
        var id = await app.CreateAmqpBrokerAsync(new { name = "A", url = "amqp://127.0.0.1:9/sales", username = "ada", password = "secret-one", heartbeatSeconds = 10, enabled = false });
        var path = $"/api/amqp/brokers/{id}";

        var renamed = await app.SendAsync(HttpMethod.Put, path, new { name = "B", heartbeatSeconds = (int?)null, version = 1 });

        Assert.Equal(("B", "ada", true, 30, 2), (Text(renamed, "name"), Text(renamed, "username"), renamed.GetProperty("hasPassword").GetBoolean(), renamed.GetProperty("heartbeatSeconds").GetInt32(), renamed.GetProperty("version").GetInt32()));
        Assert.Equal(409, (await app.TryAsync(HttpMethod.Put, path, new { name = "C", version = 1 })).Status);
        // Another virtual host is at the same place, another host is not
        Assert.True((await app.SendAsync(HttpMethod.Put, path, new { url = "amqp://127.0.0.1:9/other" })).GetProperty("hasPassword").GetBoolean());
        var (status, fields, _) = await app.TryAsync(HttpMethod.Put, path, new { url = "amqp://127.0.0.2:9" });
        Assert.Equal(400, status);
        Assert.Equal(["password"], fields);
        Assert.Equal("amqp://127.0.0.1:9/other", Text(await app.SendAsync(HttpMethod.Get, path), "url")); // nothing half-saved
        Assert.Equal(["password"], (await app.TryAsync(HttpMethod.Post, "/api/amqp/test-connection", new { brokerId = id, settings = new { url = "amqp://127.0.0.2:9" } })).Fields);
        Assert.False((await app.SendAsync(HttpMethod.Put, path, new { url = "amqp://127.0.0.2:9", password = "" })).GetProperty("hasPassword").GetBoolean());
    }

    [Fact]
    public async Task Delete_WithExchanges_SaysSo()
    {
        await using var app = await TestApp.StartAsync();
        var id = await app.CreateAmqpBrokerAsync(new { name = "A", url = Nowhere });
        var exchange = await app.CreateExchangeAsync(id, "orders"); // saved, to be made when the broker is there
        Assert.Equal("Unknown", Text((await app.SendAsync(HttpMethod.Get, $"/api/amqp/exchanges/{exchange}")).GetProperty("status"), "state"));

        var (status, answer) = await app.TryAsync(HttpMethod.Delete, $"/api/amqp/brokers/{id}");
        Assert.Equal(409, status);
        Assert.Contains("exchange", Text(answer, "detail"), StringComparison.Ordinal);

        Assert.Equal(204, (await app.TryAsync(HttpMethod.Delete, $"/api/amqp/exchanges/{exchange}")).Status);
        Assert.Equal(204, (await app.TryAsync(HttpMethod.Delete, $"/api/amqp/brokers/{id}")).Status);
        Assert.Equal(404, (await app.TryAsync(HttpMethod.Delete, $"/api/amqp/brokers/{id}")).Status);
    }

    public static TheoryData<string, string> BadInput => new()
    {
        { """{"url":"amqp://127.0.0.1"}""", "name" },
        { """{"name":"x"}""", "url" },
        { """{"name":"x","url":"http://127.0.0.1"}""", "url" },
        { """{"name":"x","url":"mqtt://127.0.0.1"}""", "url" },
        { """{"name":"x","url":"127.0.0.1:5672"}""", "url" },
        { """{"name":"x","url":"amqp://127.0.0.1:0"}""", "url" },
        { """{"name":"x","url":"amqp://127.0.0.1:65536"}""", "url" },
        { """{"name":"x","url":"amqp://127.0.0.1/a/b"}""", "url" },
        { """{"name":"x","url":"amqp://127.0.0.1/a?heartbeat=3"}""", "url" },
        { """{"name":"x","url":"amqp://127.0.0.1/%00"}""", "url" },
        { """{"name":"x","url":"amqp://bad host"}""", "url" },
        { """{"name":"x","url":"amqp://10.1.2.3"}""", "url" },
        { """{"name":"x","url":"amqp://169.254.169.254"}""", "url" },
        { """{"name":"x","url":"amqp://127.0.0.1","username":"a\nb"}""", "username" },
        { """{"name":"x","url":"amqp://127.0.0.1","password":"{secret:X}"}""", "password" },
        { """{"name":"x","url":"amqp://127.0.0.1","password":"a\u0000b"}""", "password" },
        { """{"name":"x","url":"amqp://127.0.0.1","heartbeatSeconds":4}""", "heartbeatSeconds" },
        { """{"name":"x","url":"amqp://127.0.0.1","heartbeatSeconds":601}""", "heartbeatSeconds" },
        { """{"name":"x","url":"amqp://127.0.0.1","connectionName":"a\u0001"}""", "connectionName" },
        { """{"name":"x","url":"amqp://127.0.0.1","tls":{"serverName":"broker.example"}}""", "tls" },
        { """{"name":"x","url":"amqps://127.0.0.1","tls":{"caCertificates":"no pem"}}""", "tls.caCertificates" },
        { """{"name":"x","url":"amqp://127.0.0.1","colour":"red"}""", "colour" },
    };

    [Fact]
    public async Task Create_BadInput_NamesTheFieldAndSavesNothing()
    {
        await using var app = await TestApp.StartAsync();
        foreach (var row in BadInput)
        {
            var (json, field) = ((string)row[0], (string)row[1]);
            var (status, answer) = await app.TryAsync(HttpMethod.Post, "/api/amqp/brokers", new StringContent(json, Encoding.UTF8, "application/json"));

            Assert.True(status == 400, $"{json}: {status}");
            Assert.True(answer.GetProperty("errors").EnumerateObject().Select(e => e.Name).SequenceEqual([field]), $"{json}: {answer}");
        }
        Assert.Equal(0, await app.CountAsync("/api/amqp/brokers"));
    }

    public static TheoryData<string, string> BadExchanges => new()
    {
        { """{"name":"x","type":"topic"}""", "brokerId" },
        { """{"brokerId":"01a1feb7-0b10-7000-9d3e-5c1f2a3b4c5d","name":"x","type":"topic"}""", "brokerId" },
        { """{"brokerId":"$","type":"topic"}""", "name" },
        { """{"brokerId":"$","name":"","type":"topic"}""", "name" },
        { """{"brokerId":"$","name":"amq.mine","type":"topic"}""", "name" },
        { """{"brokerId":"$","name":"a\nb","type":"topic"}""", "name" },
        { """{"brokerId":"$","name":"x"}""", "type" },
        { """{"brokerId":"$","name":"x","type":"stream"}""", "type" },
        { """{"brokerId":"$","name":"x","type":"topic","arguments":{"a":{"b":1}}}""", "arguments.a" },
        { """{"brokerId":"$","name":"x","type":"topic","arguments":{"a":null}}""", "arguments.a" },
        { """{"brokerId":"$","name":"x","type":"topic","arguments":{"a":1e999}}""", "arguments.a" },
        { """{"brokerId":"$","name":"x","type":"topic","arguments":{"alternate-exchange":"y"}}""", "arguments.alternate-exchange" },
        { """{"brokerId":"$","name":"x","type":"topic","alternateExchange":"a\u0000"}""", "alternateExchange" },
        { """{"brokerId":"$","name":"x","type":"topic","colour":"red"}""", "colour" },
    };

    [Fact]
    public async Task CreateExchange_BadInput_NamesTheFieldAndSavesNothing()
    {
        await using var app = await TestApp.StartAsync();
        var broker = await app.CreateAmqpBrokerAsync(new { name = "A", url = Nowhere, enabled = false });
        var longName = new string('ö', 128);
        foreach (var (template, field) in BadExchanges.Select(r => ((string)r[0], (string)r[1])).Append(($$"""{"brokerId":"$","name":"{{longName}}","type":"topic"}""", "name")))
        {
            var json = template.Replace("$", broker.ToString(), StringComparison.Ordinal);
            var (status, answer) = await app.TryAsync(HttpMethod.Post, "/api/amqp/exchanges", new StringContent(json, Encoding.UTF8, "application/json"));

            Assert.True(status == 400, $"{json}: {status}");
            Assert.True(answer.GetProperty("errors").EnumerateObject().Select(e => e.Name).SequenceEqual([field]), $"{json}: {answer}");
        }
        Assert.Equal(0, await app.CountAsync("/api/amqp/exchanges"));

        await app.CreateExchangeAsync(broker, "orders");
        Assert.Equal(["name"], (await app.TryAsync(HttpMethod.Post, "/api/amqp/exchanges", new { brokerId = broker, name = "orders", type = "fanout" })).Fields);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
