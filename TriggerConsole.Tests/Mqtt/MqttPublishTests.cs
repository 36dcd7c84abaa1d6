using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt;

/// <summary>From the API to a real mosquitto, read by a client that is not ours.</summary>
public sealed class MqttPublishTests
{
    [Theory]
    [InlineData(0, "sent")]
    [InlineData(1, "acknowledged")]
    [InlineData(2, "acknowledged")]
    public async Task Trigger_EveryQos_ArrivesAsSet(int qos, string code)
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}" });
        var trigger = await app.CreateMqttTriggerAsync(broker, new
        {
            brokerId = broker,
            topic = "orders/{payload.id}",
            qos,
            body = new { format = "json", template = """{"total":"{payload.total}"}""" },
            properties = new { messageExpirySeconds = 600, responseTopic = "answers", correlationData = "c{payload.id}", userProperties = new[] { new { name = "shop", value = "{payload.shop}" } } },
        });

        var details = await app.PublishAndWaitAsync(trigger, new { id = 7, total = 9.5, shop = "Köln" });

        Assert.Equal(("Succeeded", code), (details.GetProperty("execution").GetProperty("status").GetString(), details.GetProperty("execution").GetProperty("code").GetString()));
        var message = Assert.Single(await seen.WaitForAsync(1));
        Assert.Equal(("orders/7", """{"total":9.5}""", qos), (message.Topic, message.Text, message.Qos));
        Assert.Equal(("application/json", "c7", "answers", "1"), (message.ContentType, message.CorrelationData, message.ResponseTopic, message.PayloadFormat));
        Assert.Equal($"shop:Köln idempotency-key:{details.GetProperty("execution").GetProperty("id").GetString()}", message.UserProperties);
        Assert.InRange(int.Parse(message.Expiry, System.Globalization.CultureInfo.InvariantCulture), 590, 600);
        Assert.Equal(qos == 0 ? JsonValueKind.Null : JsonValueKind.String, details.GetProperty("attempts")[0].GetProperty("response").TryGetProperty("reason", out var reason) ? reason.ValueKind : JsonValueKind.Null);
    }

    [Fact]
    public async Task Publish_WithoutTrigger_IsRecordedAndRetained()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}" });

        var json = await app.SendAsync(HttpMethod.Post, "/api/mqtt/publish", new { brokerId = broker, topic = "a/{not a placeholder}", payload = new { n = 1 }, retain = true, properties = new { userProperties = new[] { new { name = "x", value = "{y}" } } } });
        var text = await app.SendAsync(HttpMethod.Post, "/api/mqtt/publish", new { brokerId = broker, topic = "b", payload = "plain {text}", retain = true });
        var bytes = await app.SendAsync(HttpMethod.Post, "/api/mqtt/publish", new { brokerId = broker, topic = "c", payloadBase64 = Convert.ToBase64String([0, 255]), qos = 0, retain = true });

        await using var seen = await MosquittoClient.SubscribeAsync(server.Port); // after them: they are retained
        var messages = (await seen.WaitForAsync(3)).OrderBy(m => m.Topic, StringComparer.Ordinal).ToList();
        Assert.All(messages, m => Assert.True(m.Retain));
        Assert.Equal(("a/{not a placeholder}", """{"n":1}""", "application/json"), (messages[0].Topic, messages[0].Text, messages[0].ContentType));
        Assert.StartsWith("x:{y} idempotency-key:", messages[0].UserProperties, StringComparison.Ordinal);
        Assert.Equal(("b", "plain {text}", "text/plain; charset=utf-8"), (messages[1].Topic, messages[1].Text, messages[1].ContentType));
        Assert.Equal([0, 255], messages[2].Payload);
        foreach (var details in (JsonElement[])[json, text, bytes])
        {
            var execution = details.GetProperty("execution");
            Assert.Equal(("Succeeded", "Mqtt", true), (execution.GetProperty("status").GetString(), execution.GetProperty("kind").GetString(), execution.GetProperty("test").GetBoolean()));
            var stored = await app.SendAsync(HttpMethod.Get, $"/api/events/{execution.GetProperty("eventId").GetGuid()}");
            Assert.Equal("Api", stored.GetProperty("event").GetProperty("origin").GetString());
        }
        Assert.Equal(3, await app.CountAsync("/api/executions?kind=Mqtt"));
    }

    [Fact]
    public async Task Publish_BadInput_NamesTheFieldAndSendsNothing()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);
        await using var app = await TestApp.StartAsync();
        var brokerId = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}" });
        (object Body, string Field)[] rows =
        [
            (new { topic = "a" }, "brokerId"),
            (new { brokerId = Guid.NewGuid(), topic = "a" }, "brokerId"),
            (new { brokerId }, "topic"),
            (new { brokerId, topic = "a/+" }, "topic"),
            (new { brokerId, topic = "#" }, "topic"),
            (new { brokerId, topic = "a\0b" }, "topic"),
            (new { brokerId, topic = "a", qos = 3 }, "qos"),
            (new { brokerId, topic = "a", format = "json", payload = "{\"a\":" }, "payload"),
            (new { brokerId, topic = "a", format = "xml", payload = "<a>" }, "payload"),
            (new { brokerId, topic = "a", format = "xml" }, "payload"),
            (new { brokerId, topic = "a", payloadBase64 = "%%" }, "payloadBase64"),
            (new { brokerId, topic = "a", payload = "x", payloadBase64 = "AA==" }, "payloadBase64"),
            (new { brokerId, topic = "a", format = "json", payloadBase64 = "AA==" }, "payloadBase64"),
            (new { brokerId, topic = "a", properties = new { responseTopic = "a/#" } }, "properties.responseTopic"),
            (new { brokerId, topic = "a", properties = new { messageExpirySeconds = 0 } }, "properties.messageExpirySeconds"),
            (new { brokerId, topic = "a", body = "x" }, "body"),
        ];

        foreach (var (body, field) in rows)
        {
            var (status, fields, text) = await app.TryAsync(HttpMethod.Post, "/api/mqtt/publish", body);
            Assert.True(status == 400 && fields.SequenceEqual([field]), $"{body}: {status} {text}");
        }
        Assert.Equal(400, (await app.TryAsync(HttpMethod.Post, "/api/triggers", new { kind = "Mqtt", name = "x", settings = new { brokerId, topic = "a", body = new { format = "json", template = "{\"a\":" } } })).Status);

        await app.SendAsync(HttpMethod.Post, "/api/mqtt/publish", new { brokerId, topic = "last" });
        Assert.Equal("last", Assert.Single(await seen.WaitForAsync(1)).Topic);
        Assert.Equal(1, await app.CountAsync("/api/executions"));
        Assert.Equal(0, await app.CountAsync("/api/triggers"));
    }

    [Fact]
    public async Task Publish_HugePayload_IsRefusedWithoutBeingRead()
    {
        await using var app = await TestApp.StartAsync();
        // 256 MB that are announced and never sent
        using var content = new StreamContent(new EndlessStream(256L << 20));
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentLength = 256L << 20;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/mqtt/publish") { Content = content };
        request.Headers.ExpectContinue = true;
        request.Headers.Add("X-Api-Key", TestApp.ApiKey);
        // Waits for leave to send however slow the machine is; the answer comes instead of it
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Eventually.Limit }) { BaseAddress = app.Address };

        using var response = await client.SendAsync(request);

        Assert.Equal(413, (int)response.StatusCode);
        Assert.EndsWith("too-large", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trigger_LargerThanTheBrokerTakes_IsTooLargeAndNotRetried()
    {
        await using var server = await MosquittoServer.StartAsync(MosquittoSetup.Limits);
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}" });
        var trigger = await app.CreateMqttTriggerAsync(broker, new { brokerId = broker, topic = "a" }, maxAttempts: 3);
        var exactlyOnce = await app.CreateMqttTriggerAsync(broker, new { brokerId = broker, topic = "a", qos = 2 }, maxAttempts: 3);

        var large = await app.PublishAndWaitAsync(trigger, new { text = new string('x', 70_000) });
        var unsupported = await app.PublishAndWaitAsync(exactlyOnce, new { n = 1 });

        Assert.Equal(("DeadLettered", "too_large", 1), End(large));
        Assert.Equal(("DeadLettered", "not_supported", 1), End(unsupported));
    }

    [Fact]
    public async Task Trigger_NotAllowedToPublish_IsNotAuthorizedAndNotRetried()
    {
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup
        {
            Users = new Dictionary<string, string> { ["ada"] = "right" },
            Acl = "user ada\ntopic write allowed/#\n",
        });
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}", username = "ada", password = "right" });

        var allowed = await app.PublishAndWaitAsync(await app.CreateMqttTriggerAsync(broker, new { brokerId = broker, topic = "allowed/x" }, maxAttempts: 3), new { n = 1 });
        var refused = await app.PublishAndWaitAsync(await app.CreateMqttTriggerAsync(broker, new { brokerId = broker, topic = "elsewhere" }, maxAttempts: 3), new { n = 1 });

        Assert.Equal(("Succeeded", "no_matching_subscribers", 1), End(allowed));
        Assert.Equal(("DeadLettered", "not_authorized", 1), End(refused));
        Assert.Equal(135, refused.GetProperty("attempts")[0].GetProperty("response").GetProperty("reasonCode").GetInt32());
    }

    [Theory]
    [InlineData("mqtts")]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task Trigger_EveryTransport_Arrives(string scheme)
    {
        using var certificates = new TestCertificates();
        var listener = new MosquittoListener { WebSocket = scheme is "ws" or "wss" };
        if (scheme is "mqtts" or "wss") listener = listener with { Certificate = certificates.Make("127.0.0.1"), ClientAuthority = scheme == "mqtts" ? certificates.Authority : null };
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup { Listeners = [new(), listener] });
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);
        await using var app = await TestApp.StartAsync();
        var client = certificates.Make("console", usage: "1.3.6.1.5.5.7.3.2");
        using var key = client.GetECDsaPrivateKey()!;
        object? tls = scheme switch
        {
            "mqtts" => new { caCertificates = certificates.Authority.ExportCertificatePem(), clientCertificate = client.ExportCertificatePem(), clientKey = key.ExportPkcs8PrivateKeyPem() },
            "wss" => new { caCertificates = certificates.Authority.ExportCertificatePem() },
            _ => null,
        };
        var broker = await app.ConnectBrokerAsync(new { name = "A", url = $"{scheme}://127.0.0.1:{server.Ports[1]}", tls });

        var details = await app.PublishAndWaitAsync(await app.CreateMqttTriggerAsync(broker), new { id = 1 });

        Assert.Equal(("Succeeded", "acknowledged", 1), End(details));
        Assert.Equal(("orders/1", """{"id":1}"""), (Assert.Single(await seen.WaitForAsync(1)).Topic, seen.Messages[0].Text));
    }

    [Fact]
    public async Task Broker_GoneAndBack_TurnsRedAndGreenAndTriggersGoOn()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}" });
        var trigger = await app.CreateMqttTriggerAsync(broker);

        server.Kill();
        var away = (await app.WaitForBrokerAsync(broker, "Waiting")).GetProperty("status");
        Assert.NotEqual(JsonValueKind.Null, away.GetProperty("lastFailure").ValueKind);
        await server.StartAgainAsync();
        await app.WaitForBrokerAsync(broker, "Connected");

        Assert.Equal("Succeeded", End(await app.PublishAndWaitAsync(trigger, new { id = 1 })).Status);
    }

    [Fact]
    public async Task Callback_WithAnMqttTrigger_PublishesItsEvents()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var seen = await MosquittoClient.SubscribeAsync(server.Port);
        await using var app = await TestApp.StartAsync();
        var broker = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}" });
        var made = await app.SendAsync(HttpMethod.Post, "/api/callbacks", new { name = "Orders" });
        var id = made.GetProperty("id").GetGuid();
        var trigger = await app.SendAsync(HttpMethod.Post, $"/api/callbacks/{id}/mqtt", new { name = "Hall", settings = new { brokerId = broker, topic = "in/{payload.id}" } });
        Assert.Equal("Publish to in/{payload.id} at A with the event as it came, QoS 1", trigger.GetProperty("description").GetString());

        var executions = await app.FireAsync(new(id, made.GetProperty("token").GetString()!, trigger.GetProperty("id").GetGuid()), new { id = 5 });

        await app.WaitForAsync(Assert.Single(executions), "Succeeded");
        Assert.Equal("in/5", Assert.Single(await seen.WaitForAsync(1)).Topic);
    }

    private static (string? Status, string? Code, int Attempts) End(JsonElement details)
    {
        var execution = details.GetProperty("execution");
        return (execution.GetProperty("status").GetString(), execution.GetProperty("code").GetString(), execution.GetProperty("attempts").GetInt32());
    }

    private sealed class EndlessStream(long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - Position);
            buffer.AsSpan(offset, read).Fill((byte)' ');
            Position += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
