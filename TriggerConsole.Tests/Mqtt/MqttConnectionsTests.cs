using System.Collections.Concurrent;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Mqtt;

public sealed class MqttConnectionsTests
{
    [Fact]
    public async Task Status_FollowsTheClientAndIsTold()
    {
        await using var bench = new MqttBench(connected: false);
        var told = new ConcurrentQueue<BrokerChanged>();
        var ready = new ConcurrentQueue<string>();
        using var subscription = bench.Feed.OnChanged(told.Enqueue);
        bench.Connections.Connected += ready.Enqueue;
        var prepared = bench.Kind.Prepare(MqttBench.Settings);
        var next = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        bench.Client.Become(new(MqttState.Waiting, null, null, null, 0, new(MqttConnectFault.Refused, "Nothing listens.", null), next, null, 0, 0));
        Assert.False(bench.Connections.IsConnected(prepared.TargetKey));
        Assert.Empty(ready);
        bench.Client.Become(new(MqttState.Connected, next, MqttVersion.V311, TimeSpan.FromMilliseconds(2), 3, new(MqttConnectFault.Refused, "Nothing listens.", null), null, "auto-1", 9, 0));

        Assert.True(bench.Connections.IsConnected(prepared.TargetKey));
        Assert.Equal([prepared.TargetKey], ready);
        Assert.Equal([BrokerState.Waiting, BrokerState.Connected], told.Select(t => t.Status.State));
        Assert.All(told, t => Assert.Equal(MqttBench.BrokerId, t.BrokerId));
        Assert.Equal((next, "connect_refused"), (told.First().Status.NextTryAt, told.First().Status.LastFailure!.Code));
        var status = bench.Connections.StatusOf(MqttBench.BrokerId);
        Assert.Equal((BrokerState.Connected, next, "3.1.1", 2.0, 3, 9L, "auto-1"), (status.State, status.ConnectedSince!.Value, status.ProtocolVersion, status.RoundTripMs!.Value, status.InFlight, status.Published, status.AssignedClientId));
    }

    [Fact]
    public async Task Change_OfSettings_DrainsTheOldConnectionFirst()
    {
        await using var bench = new MqttBench();
        var old = bench.Client;
        old.Become(old.Status with { InFlight = 2 });

        bench.Directory.Set(MqttBench.Broker(settings: new() { Url = "mqtt://other.example" }));

        Assert.Null(bench.Connections.Find(MqttBench.BrokerId)); // nothing new goes through it
        Assert.False(old.IsStopped);
        old.Become(old.Status with { InFlight = 0 });
        await Eventually.TrueAsync(() => bench.Clients.Count == 2, "the new connection");
        Assert.True(old.IsStopped);
        Assert.Equal(("other.example", 1883), (bench.Client.Options.Endpoint.Host, bench.Client.Options.Endpoint.Port));
        Assert.NotNull(bench.Connections.Find(MqttBench.BrokerId));
    }

    [Fact]
    public async Task Change_OfNameAlone_KeepsTheConnection()
    {
        await using var bench = new MqttBench();

        bench.Directory.Set(MqttBench.Broker("Hall 4"));
        var outcome = await bench.ExecuteAsync();

        Assert.Single(bench.Clients);
        Assert.Equal("Hall 4", MqttBench.Request(outcome).Broker);
    }

    [Fact]
    public async Task SwitchOffAndOn_ClosesAndConnectsAgain()
    {
        await using var bench = new MqttBench();
        var states = new ConcurrentQueue<BrokerState>();
        using var subscription = bench.Feed.OnChanged(c => states.Enqueue(c.Status.State));

        bench.Directory.Set(MqttBench.Broker(enabled: false));

        await Eventually.TrueAsync(() => bench.Client.IsStopped, "the connection to be closed");
        Assert.Equal(BrokerState.Disabled, bench.Connections.StatusOf(MqttBench.BrokerId).State);
        Assert.Contains(BrokerState.Disabled, states);
        bench.Directory.Set(MqttBench.Broker());
        await Eventually.TrueAsync(() => bench.Clients.Count == 2, "a new connection");
    }

    [Theory]
    [InlineData("169.254.169.254", MqttConnectFault.Blocked)]
    [InlineData("10.1.2.3", MqttConnectFault.Blocked)]
    [InlineData("no-such-host.invalid", MqttConnectFault.Dns)]
    [InlineData("127.0.0.1", MqttConnectFault.Refused)]
    public async Task Dial_GoesThroughTheEgressPolicy(string host, MqttConnectFault fault)
    {
        await using var bench = new MqttBench();

        var exception = await Assert.ThrowsAsync<MqttDialException>(async () => await bench.Client.Options.Dial!(host, 9, CancellationToken.None));

        Assert.Equal(fault, exception.Fault);
    }

    [Fact]
    public async Task Options_SayWhatTheSettingsSay()
    {
        await using var bench = new MqttBench();
        using var certificates = new TestCertificates();
        using var client = certificates.Make("client");
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(client)!;
        bench.Directory.Set(MqttBench.Broker(settings: new()
        {
            Url = "wss://broker.example/ws/path?a=1",
            ProtocolVersion = MqttProtocolVersion.V5,
            Username = "ada",
            Password = "pä",
            ClientId = "console",
            CleanStart = false,
            SessionExpirySeconds = 77,
            KeepAliveSeconds = 15,
            Tls = new() { CaCertificates = certificates.Authority.ExportCertificatePem(), ClientCertificate = client.ExportCertificatePem(), ClientKey = key.ExportPkcs8PrivateKeyPem(), ServerName = "inner.example", Alpn = ["mqtt"] },
            LastWill = new() { Topic = "gone", Payload = "1", Qos = 1, Retain = true },
            BirthMessage = new() { Topic = "here" },
            CloseMessage = new() { Topic = "bye", Qos = 2 },
        }));
        await Eventually.TrueAsync(() => bench.Clients.Count == 2, "the new connection");

        var options = bench.Client.Options;

        Assert.Equal(new MqttEndpoint(MqttTransport.SecureWebSocket, "broker.example", 443, "/ws/path?a=1"), options.Endpoint);
        Assert.Equal((MqttVersionChoice.V5, "ada", "console", false, 77u, (ushort)15), (options.Version, options.Username, options.ClientId, options.CleanStart, options.SessionExpirySeconds, options.KeepAliveSeconds));
        Assert.Equal("pä"u8.ToArray(), options.Password);
        Assert.Equal((certificates.Authority.Thumbprint, client.Thumbprint, true, "inner.example"), (Assert.Single(options.Tls.CaCertificates!).Thumbprint, options.Tls.ClientCertificate!.Thumbprint, options.Tls.ClientCertificate.HasPrivateKey, options.Tls.ServerName));
        Assert.Equal(["mqtt"], options.Tls.AlpnProtocols);
        Assert.Equal(("gone", MqttQos.AtLeastOnce, true), (options.Will!.Message.Topic, options.Will.Message.Qos, options.Will.Message.Retain));
        Assert.Equal(("here", "bye", MqttQos.ExactlyOnce), (options.Birth!.Topic, options.Close!.Topic, options.Close.Qos));
    }
}
