using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Brokers;

/// <summary>Brokers through the API: made, read, changed, deleted, refused. None of these needs a broker that answers.</summary>
public sealed class MqttBrokerApiTests
{
    private const string Nowhere = "mqtt://127.0.0.1:9";

    [Fact]
    public async Task Create_LeastInput_HasDefaultsAndNoSecrets()
    {
        await using var app = await TestApp.StartAsync();

        var made = await app.SendAsync(HttpMethod.Post, "/api/mqtt/brokers", new { name = " Hall 3 ", url = Nowhere });

        Assert.Equal(("Hall 3", true, Nowhere, "auto", "", true, 300, 60, 0, 1), (Text(made, "name"), made.GetProperty("enabled").GetBoolean(), Text(made, "url"), Text(made, "protocolVersion"), Text(made, "clientId"),
            made.GetProperty("cleanStart").GetBoolean(), made.GetProperty("sessionExpirySeconds").GetInt32(), made.GetProperty("keepAliveSeconds").GetInt32(), made.GetProperty("triggers").GetInt32(), made.GetProperty("version").GetInt32()));
        Assert.Equal((JsonValueKind.Null, false, JsonValueKind.Null, JsonValueKind.Null), (made.GetProperty("password").ValueKind, made.GetProperty("hasPassword").GetBoolean(), made.GetProperty("tls").ValueKind, made.GetProperty("lastWill").ValueKind));
        var id = made.GetProperty("id").GetGuid();
        var waiting = await app.WaitForBrokerAsync(id, "Waiting");
        var failure = waiting.GetProperty("status").GetProperty("lastFailure");
        Assert.Equal("connect_refused", Text(failure, "code"));
        Assert.Contains("nothing listens on port 9", Text(failure, "detail"), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.String, waiting.GetProperty("status").GetProperty("nextTryAt").ValueKind);
        Assert.Equal(1, (await app.SendAsync(HttpMethod.Get, "/api/mqtt/brokers?q=HALL&enabled=true")).GetProperty("total").GetInt32());
        Assert.Equal(0, (await app.SendAsync(HttpMethod.Get, "/api/mqtt/brokers?q=elsewhere")).GetProperty("total").GetInt32());
        Assert.Equal(404, (await app.TryAsync(HttpMethod.Get, $"/api/mqtt/brokers/{Guid.NewGuid()}")).Status);
    }

    [Fact]
    public async Task Update_KeepsWhatIsLeftOutAndSecrets_UntilTheHostChanges()
    {
        using var certificates = new TestCertificates();
        var (certificate, key) = Pem(certificates.Make("client"));
        await using var app = await TestApp.StartAsync();
        var id = await app.CreateBrokerAsync(new
        {
            name = "A",
            url = "mqtts://127.0.0.1:9",
            username = "ada",
            password = "secret-one",
            enabled = false,
            tls = new { clientCertificate = certificate, clientKey = key, serverName = "broker.example" },
            lastWill = new { topic = "gone", payload = "x", qos = 1, retain = true },
        });
        var path = $"/api/mqtt/brokers/{id}";

        var renamed = await app.SendAsync(HttpMethod.Put, path, new { name = "B", lastWill = (object?)null, version = 1 });

        Assert.Equal(("B", "ada", true, true, "broker.example", 2), (Text(renamed, "name"), Text(renamed, "username"), renamed.GetProperty("hasPassword").GetBoolean(), renamed.GetProperty("tls").GetProperty("hasClientKey").GetBoolean(), Text(renamed.GetProperty("tls"), "serverName"), renamed.GetProperty("version").GetInt32()));
        Assert.Equal(JsonValueKind.Null, renamed.GetProperty("lastWill").ValueKind); // null takes it away
        Assert.Equal(409, (await app.TryAsync(HttpMethod.Put, path, new { name = "C", version = 1 })).Status);
        // Sent back as it was read, has… and nulls included
        var (roundTrip, _, why) = await app.TryAsync(HttpMethod.Put, path, new { password = (string?)null, hasPassword = true, tls = renamed.GetProperty("tls") });
        Assert.True(roundTrip == 200, why);
        Assert.True((await app.SendAsync(HttpMethod.Get, path)).GetProperty("tls").GetProperty("hasClientKey").GetBoolean());

        var (status, fields, _) = await app.TryAsync(HttpMethod.Put, path, new { url = "mqtts://127.0.0.2:9" });
        Assert.Equal(400, status);
        Assert.Equal(["password", "tls.clientKey"], fields.Order());
        Assert.Equal("mqtts://127.0.0.1:9", Text(await app.SendAsync(HttpMethod.Get, path), "url")); // nothing half-saved
        Assert.Equal(["password", "tls.clientKey"], (await app.TryAsync(HttpMethod.Post, "/api/mqtt/test-connection", new { brokerId = id, settings = new { url = "mqtts://127.0.0.2:9" } })).Fields.Order());

        var moved = await app.SendAsync(HttpMethod.Put, path, new { url = "mqtts://127.0.0.2:9", password = "", tls = (object?)null });
        Assert.Equal((false, JsonValueKind.Null), (moved.GetProperty("hasPassword").GetBoolean(), moved.GetProperty("tls").ValueKind));
    }

    [Fact]
    public async Task Delete_InUse_NamesTheTriggers()
    {
        await using var app = await TestApp.StartAsync();
        var id = await app.CreateBrokerAsync(new { name = "A", url = Nowhere });
        var trigger = await app.CreateMqttTriggerAsync(id);
        Assert.Equal(1, (await app.SendAsync(HttpMethod.Get, $"/api/mqtt/brokers/{id}")).GetProperty("triggers").GetInt32());

        var (status, answer) = await app.TryAsync(HttpMethod.Delete, $"/api/mqtt/brokers/{id}");
        Assert.Equal(409, status);
        Assert.Contains("Tell the hall", Text(answer, "detail"), StringComparison.Ordinal);

        await app.SendAsync(HttpMethod.Delete, $"/api/triggers/{trigger}");
        Assert.Equal(204, (await app.TryAsync(HttpMethod.Delete, $"/api/mqtt/brokers/{id}")).Status);
        Assert.Equal(404, (await app.TryAsync(HttpMethod.Delete, $"/api/mqtt/brokers/{id}")).Status);
    }

    public static TheoryData<string, string> BadInput => new()
    {
        { """{"url":"mqtt://127.0.0.1"}""", "name" },
        { """{"name":"x"}""", "url" },
        { """{"name":"x","url":"http://127.0.0.1"}""", "url" },
        { """{"name":"x","url":"127.0.0.1:1883"}""", "url" },
        { """{"name":"x","url":"mqtt://ada:pw@127.0.0.1"}""", "url" },
        { """{"name":"x","url":"mqtt://127.0.0.1:0"}""", "url" },
        { """{"name":"x","url":"mqtt://127.0.0.1:65536"}""", "url" },
        { """{"name":"x","url":"mqtt://127.0.0.1:abc"}""", "url" },
        { """{"name":"x","url":"mqtt://127.0.0.1/path"}""", "url" },
        { """{"name":"x","url":"mqtt://bad host"}""", "url" },
        { """{"name":"x","url":"ws://127.0.0.1/a#b"}""", "url" },
        { """{"name":"x","url":"mqtt://10.1.2.3"}""", "url" },
        { """{"name":"x","url":"mqtt://169.254.169.254"}""", "url" },
        { """{"name":"x","url":"mqtt://127.0.0.1","protocolVersion":"4"}""", "protocolVersion" },
        { """{"name":"x","url":"mqtt://127.0.0.1","password":"p"}""", "username" },
        { """{"name":"x","url":"mqtt://127.0.0.1","username":"u","password":"{secret:X}"}""", "password" },
        { """{"name":"x","url":"mqtt://127.0.0.1","username":"a\nb"}""", "username" },
        { """{"name":"x","url":"mqtt://127.0.0.1","clientId":"a\u0000"}""", "clientId" },
        { """{"name":"x","url":"mqtt://127.0.0.1","cleanStart":false}""", "clientId" },
        { """{"name":"x","url":"mqtt://127.0.0.1","keepAliveSeconds":65536}""", "keepAliveSeconds" },
        { """{"name":"x","url":"mqtt://127.0.0.1","sessionExpirySeconds":-1}""", "sessionExpirySeconds" },
        { """{"name":"x","url":"mqtt://127.0.0.1","lastWill":{"topic":"a/+"}}""", "lastWill.topic" },
        { """{"name":"x","url":"mqtt://127.0.0.1","lastWill":{"topic":""}}""", "lastWill.topic" },
        { """{"name":"x","url":"mqtt://127.0.0.1","birthMessage":{"topic":"a","qos":3}}""", "birthMessage.qos" },
        { """{"name":"x","url":"mqtt://127.0.0.1","closeMessage":{"topic":"#"}}""", "closeMessage.topic" },
        { """{"name":"x","url":"mqtt://127.0.0.1","tls":{"caCertificates":"x"}}""", "tls" },
        { """{"name":"x","url":"mqtts://127.0.0.1","tls":{"caCertificates":"no pem"}}""", "tls.caCertificates" },
        { """{"name":"x","url":"mqtts://127.0.0.1","tls":{"caCertificates":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}}""", "tls.caCertificates" },
        { """{"name":"x","url":"mqtts://127.0.0.1","tls":{"clientKey":"-----BEGIN PRIVATE KEY-----"}}""", "tls.clientCertificate" },
        { """{"name":"x","url":"mqtts://127.0.0.1","tls":{"serverName":"a b"}}""", "tls.serverName" },
        { """{"name":"x","url":"mqtts://127.0.0.1","tls":{"alpn":["mqtt",""]}}""", "tls.alpn[1]" },
        { """{"name":"x","url":"mqtt://127.0.0.1","colour":"red"}""", "colour" },
    };

    [Fact]
    public async Task Create_BadInput_NamesTheFieldAndSavesNothing()
    {
        await using var app = await TestApp.StartAsync();
        foreach (var row in BadInput)
        {
            var (json, field) = ((string)row[0], (string)row[1]);
            var (status, answer) = await app.TryAsync(HttpMethod.Post, "/api/mqtt/brokers", new StringContent(json, System.Text.Encoding.UTF8, "application/json"));

            Assert.True(status == 400, $"{json}: {status}");
            var fields = answer.GetProperty("errors").EnumerateObject().Select(e => e.Name).ToList();
            // A tls block on an address without TLS is wrong twice
            Assert.True(fields.Contains(field) && (fields.Count == 1 || field == "tls"), $"{json}: {answer}");
        }
        Assert.Equal(0, await app.CountAsync("/api/mqtt/brokers"));
    }

    [Fact]
    public async Task Create_WrongKeys_SayWhatIsWrong()
    {
        using var certificates = new TestCertificates();
        var (certificate, _) = Pem(certificates.Make("one"));
        var (_, otherKey) = Pem(certificates.Make("two"));
        await using var app = await TestApp.StartAsync();

        Assert.Contains("not the private key", (await Try(certificate, otherKey)).Text, StringComparison.Ordinal);
        Assert.Contains("without one", (await Try(certificate, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----")).Text, StringComparison.Ordinal);
        Assert.Contains("no PEM key", (await Try(certificate, "nonsense")).Text, StringComparison.Ordinal);
        Assert.Equal(["tls.clientKey"], (await Try(certificate, null)).Fields);

        Task<(int Status, IReadOnlyList<string> Fields, string Text)> Try(string crt, string? key)
            => app.TryAsync(HttpMethod.Post, "/api/mqtt/brokers", new { name = "x", url = "mqtts://127.0.0.1", tls = new { clientCertificate = crt, clientKey = key } });
    }

    [Fact]
    public async Task Create_TooLong_NamesEachField()
    {
        await using var app = await TestApp.StartAsync();
        var text = new string('x', 70_000);

        var (status, fields, _) = await app.TryAsync(HttpMethod.Post, "/api/mqtt/brokers", new { name = text, url = "mqtt://" + text, username = text, password = text, clientId = text, lastWill = new { topic = text, payload = text } });

        Assert.Equal(400, status);
        Assert.Equal(["clientId", "lastWill.payload", "lastWill.topic", "name", "password", "url", "username"], fields.Order());
    }

    private static (string Certificate, string Key) Pem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
