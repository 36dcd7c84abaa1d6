using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Api;

/// <summary>Secrets and their keys through the API: overlap, uses, hosts, rotation, and what must be entered again.</summary>
public sealed class ApiSecretsTests(ApiSecretsTests.App app) : IClassFixture<ApiSecretsTests.App>
{
    private TestApp Server => app.Server;

    [Fact]
    public async Task CallbackThatChecksByASecret_TakesBothInTheOverlap_AndKeepsTheSecretFromBeingDeleted()
    {
        await Server.SendAsync(HttpMethod.Put, "/api/secrets/SHOP", new { value = "first-shop-secret" });
        var callback = await Server.SendAsync(HttpMethod.Post, "/api/callbacks", new
        {
            name = "Signed",
            verification = new { kind = "hmac", secret = "{secret:SHOP}", signature = new { header = "X-Sig" } },
        });
        var id = callback.GetProperty("id").GetGuid();

        Assert.Equal(202, await FireAsync(id, "first-shop-secret"));
        var listed = (await Server.SendAsync(HttpMethod.Get, "/api/secrets")).EnumerateArray().Single(s => s.GetProperty("name").GetString() == "SHOP");
        Assert.Equal((id, "Signed"), (listed.GetProperty("usedBy")[0].GetProperty("callbackId").GetGuid(), listed.GetProperty("usedBy")[0].GetProperty("callbackName").GetString()));
        Assert.Equal(JsonValueKind.String, listed.GetProperty("lastUsedAt").ValueKind);
        var refused = await Server.TryAsync(HttpMethod.Delete, "/api/secrets/SHOP");
        Assert.Equal(409, refused.Status);
        Assert.Contains("Signed", refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);

        var changed = await Server.SendAsync(HttpMethod.Put, "/api/secrets/SHOP", new { value = "second-shop-secret", overlapHours = 1 });
        Assert.Equal(JsonValueKind.String, changed.GetProperty("previousUntil").ValueKind);
        Assert.Equal((202, 202, 401), (await FireAsync(id, "first-shop-secret"), await FireAsync(id, "second-shop-secret"), await FireAsync(id, "third-shop-secret")));
        await Server.SendAsync(HttpMethod.Put, "/api/secrets/SHOP", new { overlapHours = 0 });
        Assert.Equal((401, 202), (await FireAsync(id, "first-shop-secret"), await FireAsync(id, "second-shop-secret")));
    }

    [Fact]
    public async Task AllowedHosts_AreKeptShownAndHeldToByMqttAsWell()
    {
        var made = await Server.SendAsync(HttpMethod.Put, "/api/secrets/BOUND", new { value = "v", allowedHosts = new[] { "CRM.example", "*.shop.example" } });
        Assert.Equal(["crm.example", "*.shop.example"], made.GetProperty("allowedHosts").EnumerateArray().Select(h => h.GetString()));
        Assert.Equal(400, (await Server.TryAsync(HttpMethod.Put, "/api/secrets/BOUND", JsonContent.Create(new { allowedHosts = new[] { "https://x" } }))).Status);
        var broker = await Server.SendAsync(HttpMethod.Post, "/api/mqtt/brokers", new { name = "B", url = "mqtt://127.0.0.1:9", enabled = false });
        var settings = new { brokerId = broker.GetProperty("id").GetGuid(), topic = "t", body = new { format = "text", template = "{secret:BOUND}" } };

        var preview = await Server.SendAsync(HttpMethod.Post, "/api/triggers/preview", new { kind = "Mqtt", settings, payload = new { } });
        Assert.Contains("not for the host 127.0.0.1", preview.GetRawText(), StringComparison.Ordinal);
        await Server.SendAsync(HttpMethod.Put, "/api/secrets/BOUND", new { allowedHosts = Array.Empty<string>() });
        Assert.DoesNotContain("not for the host", (await Server.SendAsync(HttpMethod.Post, "/api/triggers/preview", new { kind = "Mqtt", settings, payload = new { } })).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"url":"mqtts://elsewhere.example:8883"}""")]
    [InlineData("""{"url":"mqtts://broker.example:8884"}""")]
    [InlineData("""{"url":"mqtt://broker.example:8883","tls":null}""")]
    [InlineData("""{"tls":{"serverName":"evil.example"}}""")]
    [InlineData("""{"tls":{"caCertificates":"CA"}}""")]
    public async Task Broker_GoesElsewhereOrTrustsAnother_AsksForThePasswordAgain(string change)
    {
        using var certificates = new TestCertificates();
        var broker = await Server.SendAsync(HttpMethod.Post, "/api/mqtt/brokers", new { name = $"B{Guid.NewGuid():N}", url = "mqtts://broker.example:8883", username = "ada", password = "kept", enabled = false });
        var path = $"/api/mqtt/brokers/{broker.GetProperty("id").GetGuid()}";
        change = change.Replace("\"CA\"", JsonSerializer.Serialize(certificates.Authority.ExportCertificatePem()), StringComparison.Ordinal);

        var refused = await Server.TryAsync(HttpMethod.Put, path, new StringContent(change, Encoding.UTF8, "application/json"));
        var withIt = change.TrimEnd('}', ' ');
        withIt = change[..^1] + ",\"password\":\"again\"}";
        var taken = await Server.TryAsync(HttpMethod.Put, path, new StringContent(withIt, Encoding.UTF8, "application/json"));
        var renamed = await Server.TryAsync(HttpMethod.Put, path, JsonContent.Create(new { keepAliveSeconds = 33 }));

        Assert.Equal(400, refused.Status);
        Assert.Contains("Enter this again", refused.Body.GetRawText(), StringComparison.Ordinal);
        Assert.True(taken.Status == 200 || !taken.Body.GetRawText().Contains("Enter this again", StringComparison.Ordinal), taken.Body.ToString());
        Assert.DoesNotContain("Enter this again", renamed.Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trigger_TokenEndpointMovesToAnotherHost_AsksForTheClientSecretAgain()
    {
        object Settings(string token, string? secret) => new { url = "http://127.0.0.1:9/", auth = new { type = "oauth2", tokenUrl = token, clientId = "c", clientSecret = secret } };
        var made = await Server.SendAsync(HttpMethod.Post, "/api/triggers", new { kind = "Http", name = $"T{Guid.NewGuid():N}", settings = Settings("http://127.0.0.1:9/token", "kept") });
        var path = $"/api/triggers/{made.GetProperty("id").GetGuid()}";

        var refused = await Server.TryAsync(HttpMethod.Put, path, JsonContent.Create(new { settings = Settings("http://127.0.0.2:9/token", null) }));
        Assert.Equal(400, refused.Status);
        Assert.Contains("settings.auth.clientSecret", refused.Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(200, (await Server.TryAsync(HttpMethod.Put, path, JsonContent.Create(new { settings = Settings("http://127.0.0.1:9/other", null) }))).Status);
        Assert.Equal(200, (await Server.TryAsync(HttpMethod.Put, path, JsonContent.Create(new { settings = Settings("http://127.0.0.2:9/token", "again") }))).Status);
    }

    [Fact]
    public async Task Rotation_OnARunningServer_IsTakenUpInTheBackground()
    {
        await Server.SendAsync(HttpMethod.Put, "/api/secrets/ROTATED", new { value = "v" });
        Server.Get<Core.Secrets.Keys.DataKeyRotation>().Settle = TimeSpan.Zero;
        var before = await Server.SendAsync(HttpMethod.Get, "/api/data-keys");

        var begun = await Server.TryAsync(HttpMethod.Post, "/api/data-keys/rotate");
        Assert.Equal(202, begun.Status);
        Assert.NotEqual(before.GetProperty("id").GetString(), begun.Body.GetProperty("id").GetString());
        var after = await Eventually.GetAsync(async () =>
        {
            var status = await Server.SendAsync(HttpMethod.Get, "/api/data-keys");
            return (!status.GetProperty("isRotating").GetBoolean(), status);
        }, "the rotation to end");

        Assert.Equal((0, 0, true), (after.GetProperty("onOtherKeys").GetInt32(), after.GetProperty("unreadable").GetInt32(), after.GetProperty("isProtected").GetBoolean()));
        Assert.Equal(401, (await Server.TryAsync(HttpMethod.Post, "/api/data-keys/rotate", client: Server.Anonymous)).Status);
    }

    private async Task<int> FireAsync(Guid callback, string secret)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { id = Guid.NewGuid() });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/trigger/{callback}") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Sig", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)));
        using var response = await Server.Anonymous.SendAsync(request);
        return (int)response.StatusCode;
    }

    public sealed class App : IAsyncLifetime
    {
        internal TestApp Server { get; private set; } = null!;

        public async Task InitializeAsync() => Server = await TestApp.StartAsync();

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
