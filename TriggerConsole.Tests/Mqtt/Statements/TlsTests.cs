using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt.Statements;

/// <summary>Section M: TLS and WebSocket with a real broker; and no CONNECT, with its password, to a server that is not who it should be.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _ours = new("Ours");
    private readonly TestCertificates _theirs = new("Theirs");

    public static TheoryData<MqttVersion, MqttTransport> Ways => new()
    {
        { MqttVersion.V311, MqttTransport.Tls }, { MqttVersion.V5, MqttTransport.Tls }, { MqttVersion.V311, MqttTransport.WebSocket },
        { MqttVersion.V5, MqttTransport.WebSocket }, { MqttVersion.V311, MqttTransport.SecureWebSocket }, { MqttVersion.V5, MqttTransport.SecureWebSocket },
    };

    [Theory, MemberData(nameof(Ways))]
    [Trait("mqtt", "Project: TLS"), Trait("mqtt", "MQTT-6.0.0-3")]
    public async Task Mosquitto_OverEachWay_TakesPasswordAndClientCertificate(MqttVersion version, MqttTransport transport)
    {
        var isSecure = transport is MqttTransport.Tls or MqttTransport.SecureWebSocket;
        await using var server = await MosquittoServer.StartAsync(new MosquittoSetup
        {
            Users = new Dictionary<string, string> { ["u"] = "p" },
            Listeners =
            [
                new()
                {
                    WebSocket = transport is MqttTransport.WebSocket or MqttTransport.SecureWebSocket,
                    Certificate = isSecure ? _ours.Make() : null,
                    ClientAuthority = transport == MqttTransport.Tls ? _ours.Authority : null,
                },
                new(), // for mosquitto_sub
            ],
        });
        await using var seen = await MosquittoClient.SubscribeAsync(server.Ports[1], arguments: ["-u", "u", "-P", "p"]);
        using var own = ClientCertificate(_ours);
        var received = new ConcurrentQueue<MqttReceivedMessage>();
        var options = MosquittoBench.Options(server.Port, version) with
        {
            Endpoint = new(transport, "localhost", server.Port),
            Username = "u",
            Password = "p"u8.ToArray(),
            Tls = new() { CaCertificates = [_ours.Authority], ClientCertificate = own },
            OnMessage = (message, _) =>
            {
                received.Enqueue(message);
                return ValueTask.CompletedTask;
            },
        };
        await using (var client = await MosquittoBench.ConnectAsync(options))
        {
            await client.SubscribeAsync([new() { Filter = "a", Qos = MqttQos.ExactlyOnce }], CancellationToken.None);
            var payload = new byte[transport == MqttTransport.Tls ? 300_000 : 30_000]; // more than a record, a frame, a buffer; and mosquitto reads 4 KiB of a WebSocket in a tenth of a second
            Random.Shared.NextBytes(payload);

            Assert.Equal(MqttPublishStatus.Acknowledged, (await client.PublishAsync(new() { Topic = "a", Payload = payload, Qos = MqttQos.ExactlyOnce }, CancellationToken.None)).Status);

            Assert.Equal(payload, Assert.Single(await seen.WaitForAsync(1)).Payload);
            await Eventually.TrueAsync(() => !received.IsEmpty, "the own subscription");
            Assert.Equal(payload, received.First().Payload);
        }
        if (transport != MqttTransport.Tls) return;
        await using var bare = new MqttClient(options with { Tls = new() { CaCertificates = [_ours.Authority] } }, TimeProvider.System, new RecordingLogger());
        Assert.NotNull(await bare.ConnectAsync(CancellationToken.None)); // without its certificate
    }

    [Theory]
    [InlineData("wrong name", false), InlineData("expired", false), InlineData("not yet valid", false), InlineData("unknown issuer", false), InlineData("self-signed", false), InlineData("system authorities only", false), InlineData("right", true)]
    [InlineData("wrong name", false, true), InlineData("unknown issuer", false, true)]
    [Trait("mqtt", "Project: TLS")]
    public async Task Certificate_ThatIsWrong_GetsNoConnect(string kind, bool isRight, bool webSocket = false)
    {
        var certificate = kind switch
        {
            "wrong name" => _ours.Make("other.example"),
            "expired" => _ours.Make(from: DateTimeOffset.UtcNow.AddDays(-9), until: DateTimeOffset.UtcNow.AddDays(-1)),
            "not yet valid" => _ours.Make(from: DateTimeOffset.UtcNow.AddDays(1), until: DateTimeOffset.UtcNow.AddDays(9)),
            "unknown issuer" => _theirs.Make(),
            "self-signed" => _ours.Make(selfSigned: true),
            _ => _ours.Make(),
        };
        await using var bench = MqttClientBench.Make(MqttVersion.V5, o => o with
        {
            Username = "u",
            Password = "p"u8.ToArray(),
            Tls = new() { CaCertificates = kind == "system authorities only" ? null : [_ours.Authority] },
        }, setup: new() { Certificate = certificate, WebSocket = webSocket });

        var connect = bench.Client.ConnectAsync(CancellationToken.None);
        if (isRight) await bench.ConnectAsync();
        var failure = await connect;

        if (isRight)
        {
            Assert.Null(failure);
            return;
        }
        Assert.Equal(MqttConnectFault.Tls, failure!.Fault);
        Assert.NotEmpty(failure.Sentence);
        // TLS 1.3 lets the server finish first: then it has a connection, on which nothing comes
        await Eventually.TrueAsync(() => bench.Broker.HandshakeFault is not null || bench.Broker.Opened.Any(c => c.Closed.IsCompleted), "the client to hang up");
        Assert.Empty(bench.Broker.Handshake); // not even the request of the WebSocket
        Assert.All(bench.Broker.Opened, c => Assert.Empty(c.Packets));
    }

    [Fact]
    [Trait("mqtt", "Project: TLS")]
    public async Task Tls10_IsRefusedBeforeAnythingIsSent()
    {
        // A ServerHello that chooses TLS 1.0 (RFC 2246): no modern library would write one
        var hello = FakeMqttBytes.Parse("16 0301 002A 02 000026 0301" + new string('5', 64) + "00 C013 00");
        var sent = new List<byte>();
        await using var server = RawServer.StartSilent(async connection =>
        {
            var buffer = new byte[4096];
            await connection.Socket.ReceiveAsync(buffer, connection.Stop); // ClientHello
            await connection.SendAsync(hello);
            int count;
            while ((count = await connection.Socket.ReceiveAsync(buffer, connection.Stop)) > 0) sent.AddRange(buffer[..count]);
        });
        await using var client = new MqttClient(new() { Endpoint = new(MqttTransport.Tls, "127.0.0.1", server.Port), Password = "p"u8.ToArray(), Username = "u" }, TimeProvider.System, new RecordingLogger());

        var failure = await client.ConnectAsync(CancellationToken.None);

        Assert.Equal(MqttConnectFault.Tls, failure!.Fault);
        if (sent.Count > 0) Assert.Equal(0x15, sent[0]); // an alert, if anything
        Assert.InRange(sent.Count, 0, 7);
    }

    [Fact]
    [Trait("mqtt", "Project: TLS")]
    public async Task ServerName_OtherThanTheHost_IsAskedForAndChecked()
    {
        await using var bench = MqttClientBench.Start(MqttVersion.V5, o => o with { Tls = new() { CaCertificates = [_ours.Authority], ServerName = "broker.example", AlpnProtocols = ["mqtt"] } }, setup: new() { Certificate = _ours.Make("broker.example") });

        await bench.ConnectAsync();

        Assert.Equal("broker.example", bench.Broker.ServerName);
    }

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }

    /// <summary>For clients: <see cref="TestCertificates"/> makes those of servers.</summary>
    private static X509Certificate2 ClientCertificate(TestCertificates authority) => authority.Make("client", usage: "1.3.6.1.5.5.7.3.2");
}
