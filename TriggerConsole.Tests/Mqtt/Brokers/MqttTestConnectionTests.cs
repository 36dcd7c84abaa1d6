using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Brokers;

/// <summary>The connection test says exactly what failed.</summary>
public sealed class MqttTestConnectionTests
{
    [Fact]
    public async Task Test_EachWayToFail_IsNamed()
    {
        using var certificates = new TestCertificates();
        using var strangers = new TestCertificates("Somebody else");
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup
        {
            Users = new Dictionary<string, string> { ["ada"] = "right" },
            Listeners = [new(), new() { Certificate = certificates.Make("127.0.0.1"), ClientAuthority = certificates.Authority }, new() { Certificate = certificates.Make("broker.example") }],
        });
        var authority = certificates.Authority.ExportCertificatePem();
        await using var sink = await HttpSink.StartAsync();
        await using var app = await TestApp.StartAsync();

        var good = await TestAsync(app, new { url = $"mqtt://127.0.0.1:{server.Port}", username = "ada", password = "right" });
        Assert.True(good.GetProperty("succeeded").GetBoolean(), good.ToString());
        Assert.Equal(("5.0", "127.0.0.1"), (good.GetProperty("protocolVersion").GetString(), good.GetProperty("address").GetString()));
        Assert.True(good.GetProperty("timings").GetProperty("connectMs").GetDouble() > 0 && good.GetProperty("timings").GetProperty("signInMs").GetDouble() > 0, good.ToString());

        await FailsAsync(new { url = $"mqtt://127.0.0.1:{server.Port}", username = "ada", password = "wrong" }, "refused_by_broker", "", "0x87 not authorised");
        await FailsAsync(new { url = "mqtt://no-such-host.invalid" }, "dns", "no-such-host.invalid");
        await FailsAsync(new { url = $"mqtt://127.0.0.1:{UnusedPort()}" }, "connect_refused", "nothing listens");
        await FailsAsync(new { url = $"mqtt://127.0.0.1:{sink.Port}" }, "not_mqtt", "");
        await FailsAsync(new { url = $"ws://127.0.0.1:{sink.Port}/mqtt" }, "websocket", "");
        await FailsAsync(new { url = $"mqtts://127.0.0.1:{server.Port}" }, "tls", "mqtt:// instead of mqtts://");
        await FailsAsync(new { url = $"mqtts://127.0.0.1:{server.Ports[2]}" }, "tls", "nobody this machine trusts vouches");
        await FailsAsync(new { url = $"mqtts://127.0.0.1:{server.Ports[2]}", tls = new { caCertificates = strangers.Authority.ExportCertificatePem() } }, "tls", "none of the CA certificates given here vouches");
        await FailsAsync(new { url = $"mqtts://127.0.0.1:{server.Ports[2]}", tls = new { caCertificates = authority } }, "tls", "it is for another host: broker.example");
        await FailsAsync(new { url = $"mqtts://127.0.0.1:{server.Ports[1]}", username = "ada", password = "right", tls = new { caCertificates = authority } }, "tls", "may ask for a client certificate");

        var named = await TestAsync(app, new { url = $"mqtts://127.0.0.1:{server.Ports[2]}", username = "ada", password = "right", tls = new { caCertificates = authority, serverName = "broker.example" } });
        Assert.True(named.GetProperty("succeeded").GetBoolean(), named.ToString());
        var (certificate, key) = Pem(certificates.Make("console", usage: "1.3.6.1.5.5.7.3.2"));
        var shown = await TestAsync(app, new { url = $"mqtts://127.0.0.1:{server.Ports[1]}", username = "ada", password = "right", tls = new { caCertificates = authority, clientCertificate = certificate, clientKey = key } });
        Assert.True(shown.GetProperty("succeeded").GetBoolean(), shown.ToString());
        Assert.Equal(0, await app.CountAsync("/api/mqtt/brokers"));

        async Task FailsAsync(object settings, string code, string words, string? reason = null)
        {
            var result = await TestAsync(app, settings);
            Assert.False(result.GetProperty("succeeded").GetBoolean(), result.ToString());
            var failure = result.GetProperty("failure");
            Assert.True(failure.GetProperty("code").GetString() == code, $"{settings}: {result}");
            Assert.Contains(words, failure.GetProperty("detail").GetString(), StringComparison.Ordinal);
            if (reason is not null) Assert.Equal(reason, failure.GetProperty("reason").GetString());
            Assert.DoesNotContain("wrong", result.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Test_SavedBrokerWithTheSameClientId_LeavesItsConnectionAlone()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var app = await TestApp.StartAsync();
        var id = await app.ConnectBrokerAsync(new { name = "A", url = $"mqtt://127.0.0.1:{server.Port}", clientId = "console" });
        var since = (await app.SendAsync(HttpMethod.Get, $"/api/mqtt/brokers/{id}")).GetProperty("status").GetProperty("connectedSince").GetString();

        var result = await app.SendAsync(HttpMethod.Post, "/api/mqtt/test-connection", new { brokerId = id });

        Assert.Equal((true, "console-test"), (result.GetProperty("succeeded").GetBoolean(), result.GetProperty("clientId").GetString()));
        var status = (await app.SendAsync(HttpMethod.Get, $"/api/mqtt/brokers/{id}")).GetProperty("status");
        Assert.Equal(("Connected", since), (status.GetProperty("state").GetString(), status.GetProperty("connectedSince").GetString()));
    }

    [Fact]
    public async Task Test_AddressNotAllowed_IsRefusedBeforeAnythingIsSent()
    {
        await using var app = await TestApp.StartAsync();

        var (status, fields, text) = await app.TryAsync(HttpMethod.Post, "/api/mqtt/test-connection", new { settings = new { url = "mqtt://192.168.7.7" } });

        Assert.Equal((400, "url"), (status, Assert.Single(fields)));
        Assert.Contains("Egress:AllowedNetworks", text, StringComparison.Ordinal);
    }

    private static Task<JsonElement> TestAsync(TestApp app, object settings) => app.SendAsync(HttpMethod.Post, "/api/mqtt/test-connection", new { settings });

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static (string Certificate, string Key) Pem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
