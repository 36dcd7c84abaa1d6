using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Amqp.Brokers;
using TriggerConsole.Core.Amqp.Client;
using TriggerConsole.Core.Amqp.Connections;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Mail;
using TriggerConsole.Core.Mqtt.Brokers;
using TriggerConsole.Core.Mqtt.Client;
using TriggerConsole.Core.Mqtt.Connections;
using TriggerConsole.Core.Validation;
using TriggerConsole.Tests.Http;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Egress;

/// <summary>Every hostile host by every way out that the program has, in process: all are refused, each with its reason, and nobody comes to the guarded server.</summary>
public sealed class SsrfCorpusTests : IAsyncLifetime
{
    private readonly HostileHosts.Guarded _guarded = new();
    private readonly HostileHosts.Names _names = new();
    private HttpBench _bench = null!;

    public Task InitializeAsync()
    {
        _bench = Bench("203.0.113.77");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _bench.DisposeAsync();
        _guarded.Dispose();
    }

    [Fact]
    public void Corpus_IsLarge()
    {
        Assert.True(HostileHosts.All.Count >= 250, $"{HostileHosts.All.Count}");
        Assert.Equal(HostileHosts.All.Count, HostileHosts.All.Distinct().Count());
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public Task Save_HttpTrigger_IsRefused(string scheme)
        => EachAsync(host => RefusalAsync("url", () => _bench.ValidateAsync(HttpBench.Settings($"{scheme}://{host}:{_guarded.Port}/x"))));

    [Fact]
    public Task Save_TokenEndpoint_IsRefused()
        => EachAsync(host => RefusalAsync("auth.tokenUrl", () => _bench.ValidateAsync(WithToken(host))));

    [Fact]
    public Task Execute_HttpTrigger_IsRefused() => EachAsync(async host =>
    {
        var outcome = await _bench.ExecuteAsync(HttpBench.Settings($"http://{host}:{_guarded.Port}/x"));
        return outcome.Succeeded || outcome.Code is not ("blocked_by_egress_policy" or "bad_url" or "template_invalid" or "dns") ? $"{outcome.Code}: {outcome.Detail}" : null;
    });

    [Fact]
    public Task Execute_TokenEndpoint_IsRefused() => EachAsync(async host =>
    {
        var outcome = await _bench.ExecuteAsync(WithToken(host));
        return outcome.Succeeded || outcome.Code is not ("oauth_blocked_by_egress_policy" or "oauth_bad_url" or "bad_url" or "template_invalid" or "oauth_dns") ? $"{outcome.Code}: {outcome.Detail}" : null;
    });

    [Fact]
    public async Task Execute_RedirectLeadsThere_IsRefused()
    {
        var hosts = HostileHosts.All;
        await using var server = RawServer.Start(async connection =>
        {
            // GET /17 HTTP/1.1: leads to the 17th
            var index = int.Parse(connection.Server.Received.Last().Split(' ')[1][1..], System.Globalization.CultureInfo.InvariantCulture);
            await connection.SendAsync($"HTTP/1.1 302 Found\r\nLocation: http://{hosts[index]}:{_guarded.Port}/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
        await using var bench = Bench($"127.0.0.1 ports {server.Port}");
        var index = 0;
        await EachAsync(async host =>
        {
            var outcome = await bench.ExecuteAsync(HttpBench.Settings($"http://127.0.0.1:{server.Port}/{index++}", "GET") with { FollowRedirects = true });
            return outcome.Succeeded || outcome.Code is not ("blocked_by_egress_policy" or "bad_url" or "http_302" or "dns") ? $"{outcome.Code}: {outcome.Detail}" : null;
        });
        Assert.Equal(hosts.Count, server.Connections);
    }

    [Theory]
    [InlineData("mqtt")]
    [InlineData("mqtts")]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task Mqtt_SaveAndConnect_IsRefused(string scheme)
    {
        var connector = _bench.Get<EgressConnector>();
        var factory = new MqttClientOptionsFactory(connector, TimeProvider.System);
        await EachAsync(async host =>
        {
            var settings = new MqttBrokerSettings { Url = $"{scheme}://{host}:{_guarded.Port}" };
            var fault = await RefusalAsync("url", async () =>
            {
                var errors = new FieldErrors();
                await new MqttBrokerValidator(connector).CheckAsync(settings, null, errors, default);
                return errors.All;
            });
            if (fault is not null) return fault;
            // As if it had been saved before the rules were what they are
            return MqttAddress.Parse(settings.Url, new(), "url") is { } address ? await DialAsync(address, async () => await factory.Make(settings, address).Dial!(address.Host, address.Port, default)) : null;
        });
    }

    [Theory]
    [InlineData("amqp")]
    [InlineData("amqps")]
    public async Task Amqp_SaveAndConnect_IsRefused(string scheme)
    {
        var connector = _bench.Get<EgressConnector>();
        var factory = new AmqpClientOptionsFactory(connector, _bench.Get<TlsClient>());
        await EachAsync(async host =>
        {
            var settings = new AmqpBrokerSettings { Url = $"{scheme}://{host}:{_guarded.Port}" };
            var fault = await RefusalAsync("url", async () =>
            {
                var errors = new FieldErrors();
                await new AmqpBrokerValidator(connector).CheckAsync(settings, null, errors, default);
                return errors.All;
            });
            if (fault is not null) return fault;
            return AmqpAddress.Parse(settings.Url, new(), "url") is { } address ? await DialAsync(address, async () => (await factory.Make(settings, address, "").Dial(default)).Stream) : null;
        });
    }

    /// <summary>The mail server is configured, not saved: it is judged when a mail is sent.</summary>
    [Theory]
    [InlineData(MailSecurity.None)]
    [InlineData(MailSecurity.StartTls)]
    [InlineData(MailSecurity.Tls)]
    public Task Mail_Send_IsRefused(MailSecurity security) => EachAsync(async host =>
    {
        var options = Options.Create(new MailOptions { Host = host, Port = _guarded.Port, Security = security, From = "console@example.org" });
        var sender = new MailSender(_bench.Get<EgressConnector>(), _bench.Get<TlsClient>(), options, TimeProvider.System);
        try
        {
            await sender.SendAsync(new("anna@example.com", "Subject", "Text"), default);
            return "sent";
        }
        catch (MailException exception) { return exception.InnerException is EgressException { Failure.Fault: EgressFault.Blocked or EgressFault.Dns } ? null : exception.Message; }
    });

    /// <summary>Two readings of one address: whichever is taken, it is refused, or it is the public one.</summary>
    [Fact]
    public async Task Save_UrlOfTwoReadings_IsRefusedOrPublic()
    {
        var taken = new List<string>();
        foreach (var url in HostileHosts.Urls.Select(u => u.Replace("{P}", $"{_guarded.Port}", StringComparison.Ordinal)))
        {
            if ((await _bench.ValidateAsync(HttpBench.Settings(url))).Count > 0) continue;
            taken.Add(url);
            Assert.True(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IdnHost == HostileHosts.Public, $"{url} was taken.");
        }
        Assert.True(taken.Count < 12, string.Join('\n', taken));
        Assert.Equal(0, _guarded.Connections);
    }

    [Fact]
    public async Task Execute_UrlOfTwoReadingsWithThePublicOneRefused_ReachesNobody()
    {
        foreach (var url in HostileHosts.Urls.Select(u => u.Replace("{P}", $"{_guarded.Port}", StringComparison.Ordinal)))
        {
            // Where the public reading is taken, nothing is really called
            if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Contains(HostileHosts.Public, StringComparison.Ordinal)) continue;
            var outcome = await _bench.ExecuteAsync(HttpBench.Settings(url));
            Assert.False(outcome.Succeeded, url);
            Assert.NotEqual("internal", outcome.Code);
        }
        Assert.Equal(0, _guarded.Connections);
    }

    /// <summary>The control: without the rule, these spellings arrive.</summary>
    [Fact]
    public async Task Execute_SpellingsOfThisMachineWhenItIsAllowed_Arrive()
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        await using var bench = Bench("127.0.0.0/8", "::1");
        var factory = new MqttClientOptionsFactory(bench.Get<EgressConnector>(), TimeProvider.System);
        foreach (var host in HostileHosts.OfThisMachine)
        {
            await bench.ExecuteAsync(HttpBench.Settings($"http://{host}:{_guarded.Port}/"));
            var address = MqttAddress.Parse($"mqtt://{host}:{_guarded.Port}", new(), "url")!;
            await using var stream = await factory.Make(new() { Url = "" }, address).Dial!(address.Host, address.Port, default);
        }
        Assert.Empty((await bench.ValidateAsync(HttpBench.Settings($"http://{HostileHosts.Public}/"))));
        await Eventually.TrueAsync(() => Task.FromResult(_guarded.Connections == 2 * HostileHosts.OfThisMachine.Count), $"{_guarded.Connections} of {2 * HostileHosts.OfThisMachine.Count} connections");
    }

    /// <summary>The name says one thing when it is looked at and another when it is used: the address that was judged is the one connected to.</summary>
    [Fact]
    public async Task Execute_NameChangesAfterTheSave_IsRefusedAndAskedOncePerConnection()
    {
        foreach (var address in new[] { "127.0.0.1", "::1", "169.254.169.254", "10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::" })
        {
            _names.Answers.Clear();
            _names.Answers.Enqueue("8.8.8.8");
            _names.Answers.Enqueue(address);
            var settings = HttpBench.Settings($"http://changing.example:{_guarded.Port}/");
            Assert.Empty(await _bench.ValidateAsync(settings));
            _names.Asked = 0;
            Assert.Equal("blocked_by_egress_policy", (await _bench.ExecuteAsync(settings)).Code);
            Assert.Equal(1, _names.Asked);
        }
        Assert.Equal(0, _guarded.Connections);
    }

    [Fact]
    public async Task Connect_NameChangesBetweenJudgementAndConnection_TheJudgedAddressIsUsed()
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        await using var bench = Bench($"127.0.0.7 ports {server.Port}");
        _names.Answers.Enqueue("127.0.0.7");
        _names.Answers.Enqueue("127.0.0.1");

        var trace = new ConnectTrace();
        await bench.Get<EgressConnector>().ConnectAsync("changing.example", server.Port, trace, default);

        Assert.Equal(IPAddress.Parse("127.0.0.7"), trace.Address); // where nobody listens; at the other somebody would
        Assert.Equal(0, server.Connections);
    }

    /// <summary>Whatever the environment says of proxies, calls go straight to the address that was judged.</summary>
    [Fact]
    public async Task Execute_ProxyIsSetForTheProcess_IsNotUsed()
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        await using var bench = Bench($"127.0.0.1 ports {server.Port}");
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new ProxyFor("mapped.example", new($"http://127.0.0.1:{_guarded.Port}"));
        try
        {
            var outcome = await bench.ExecuteAsync(HttpBench.Settings($"http://mapped.example:{server.Port}/"));
            Assert.True(outcome.Succeeded, outcome.Detail);
        }
        finally { HttpClient.DefaultProxy = before; }
        Assert.Equal((1, 0), (server.Connections, _guarded.Connections));
    }

    private async Task EachAsync(Func<string, Task<string?>> fault)
    {
        var faults = new List<string>();
        foreach (var host in HostileHosts.All)
        {
            try
            {
                if (await fault(host) is { } text) faults.Add($"{host}: {text}");
            }
            catch (Exception exception) { faults.Add($"{host}: {exception.GetType().Name}: {exception.Message}"); }
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(0, _guarded.Connections);
    }

    /// <summary>Null when it was refused in words, or is the name of nothing: that is refused when it is used.</summary>
    private async Task<string?> RefusalAsync(string field, Func<Task<IReadOnlyList<FieldError>>> save)
    {
        var unknown = _names.Unknown;
        var errors = await save();
        return errors.Any(e => e.Field == field && e.Message.Length > 20) || errors.Count == 0 && _names.Unknown > unknown ? null : $"not refused ({string.Join("; ", errors.Select(e => $"{e.Field}: {e.Message}"))})";
    }

    private static async Task<string?> DialAsync(BrokerAddress address, Func<Task<Stream>> dial)
    {
        try
        {
            await using var stream = await dial();
            return $"connected to {address.Destination}";
        }
        catch (MqttDialException exception) { return exception.Fault is MqttConnectFault.Blocked or MqttConnectFault.Dns ? null : exception.Message; }
        catch (AmqpDialException exception) { return exception.Fault is AmqpConnectFault.Blocked or AmqpConnectFault.Dns ? null : exception.Message; }
    }

    private HttpTriggerSettings WithToken(string host) => HttpBench.Settings($"http://{HostileHosts.Public}/x") with
    {
        Auth = new() { Type = HttpAuthType.OAuth2, TokenUrl = $"http://{host}:{_guarded.Port}/token", ClientId = "id", ClientSecret = "canary-secret" },
    };

    private HttpBench Bench(params string[] allowed) => new(services => services.AddSingleton<IHostResolver>(_names), allowed);

    /// <summary>A proxy for one host, so that other tests keep their own ways.</summary>
    private sealed class ProxyFor(string host, Uri proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy;

        public bool IsBypassed(Uri destination) => destination.Host != host;
    }
}
