using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Http;
using TriggerConsole.Tests.Egress;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

public sealed class HttpTlsTests : IDisposable
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Execute_GoodCertificate_CallsAndMeasures()
    {
        await using var sink = await HttpSink.StartAsync(_certificates.Make("crm.example"), HttpProtocols.Http1);
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/in", "crm.example")));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal("1.1", HttpBench.Response(outcome).HttpVersion);
        Assert.NotNull(HttpBench.Response(outcome).Timings.TlsMs);
        Assert.NotNull(HttpBench.Response(outcome).Timings.DnsMs);
        Assert.Equal("""{"id":7,"name":"Ada"}""", sink.Only.Text);
    }

    [Fact]
    public async Task Execute_NameWithTrailingDot_IsTheSameHost()
    {
        await using var sink = await HttpSink.StartAsync(_certificates.Make("crm.example"));
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/in", "crm.example.")));

        Assert.True(outcome.Succeeded, outcome.Detail);
    }

    [Fact]
    public async Task Execute_AddressInCertificate_IsTaken()
    {
        await using var sink = await HttpSink.StartAsync(_certificates.Make("127.0.0.1"));
        await using var bench = HttpBench.Trusting(_certificates);

        Assert.True((await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")))).Succeeded);
    }

    public static TheoryData<string, string> BadCertificates() => new()
    {
        { "expired", "The certificate of crm.example is not to be trusted: it expired on " + s_now.AddDays(-2).ToString("yyyy-MM-dd", null) },
        { "not yet valid", "The certificate of crm.example is not to be trusted: it is not valid before " + s_now.AddDays(2).ToString("yyyy-MM-dd", null) },
        { "wrong host", "The certificate of crm.example is not to be trusted: it is for another host: other.example." },
        { "self-signed", "The certificate of crm.example is not to be trusted: it is self-signed." },
        { "unknown authority", "The certificate of crm.example is not to be trusted: nobody this machine trusts vouches for its issuer, Stranger, or the server leaves out an intermediate certificate." },
    };

    [Theory]
    [MemberData(nameof(BadCertificates))]
    public async Task Execute_BadCertificate_IsNamedAndNothingIsSent(string which, string says)
    {
        using var stranger = new TestCertificates("Stranger");
        var certificate = which switch
        {
            "expired" => _certificates.Make("crm.example", s_now.AddDays(-9), s_now.AddDays(-2)),
            "not yet valid" => _certificates.Make("crm.example", s_now.AddDays(2), s_now.AddDays(9)),
            "wrong host" => _certificates.Make("other.example"),
            "self-signed" => _certificates.Make("crm.example", selfSigned: true),
            _ => stranger.Make("crm.example"),
        };
        await using var sink = await HttpSink.StartAsync(certificate);
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/", "crm.example")));

        Assert.Equal((FailureKind.Unavailable, "tls"), (outcome.Failure, outcome.Code));
        Assert.StartsWith(says, outcome.Detail, StringComparison.Ordinal);
        Assert.Equal("tls", HttpBench.Response(outcome).Phase);
        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Execute_SeveralFaultsAtOnce_AllAreNamed()
    {
        await using var sink = await HttpSink.StartAsync(_certificates.Make("other.example", s_now.AddDays(-9), s_now.AddDays(-2), selfSigned: true));
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/", "crm.example")));

        Assert.Contains("it expired on", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains("it is self-signed", outcome.Detail, StringComparison.Ordinal);
        Assert.Contains("it is for another host: other.example", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_AuthorityOfTheMachineOnly_RefusesTheTests()
    {
        // The way tests bring their own authority is not open to the product's configuration
        await using var sink = await HttpSink.StartAsync(_certificates.Make("crm.example"));
        await using var bench = new HttpBench(services => services.AddSingleton<IHostResolver>(new FakeResolver(IPAddress.Loopback)));

        Assert.Equal("tls", (await bench.ExecuteAsync(HttpBench.Settings(sink.At("/", "crm.example")))).Code);
        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Execute_CertificateForOtherPurpose_IsRefused()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new CertificateRequest("CN=crm.example", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("crm.example");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.2")], true)); // for clients
        using var signed = request.Create(_certificates.Authority, s_now.AddDays(-1), s_now.AddDays(1), [1, 2, 3]);
        using var certificate = signed.CopyWithPrivateKey(key);
        await using var server = RawServer.StartSilent(connection => ServeTlsAsync(connection, certificate, SslProtocols.None));
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings($"https://crm.example:{server.Port}/"));

        Assert.Equal("tls", outcome.Code);
        Assert.Contains("it cannot serve for this", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_ServerDoesNotSpeakTls_IsNamed()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings($"https://crm.example:{sink.Port}/"));

        Assert.Equal("tls", outcome.Code);
        Assert.Equal("crm.example does not speak TLS on this port. Check the port, or whether the address starts with http:// instead of https://.", outcome.Detail);
    }

    [Theory]
    [InlineData("15030200020246")] // alert: protocol version
    [InlineData("16030100310200002d0301000000000000000000000000000000000000000000000000000000000000000000002f000005ff01000100")] // a ServerHello of TLS 1.0
    public async Task Execute_OnlyOldProtocols_IsNamed(string answer)
    {
        await using var server = RawServer.StartSilent(async connection =>
        {
            await connection.Socket.ReceiveAsync(new byte[4096], connection.Stop);
            await connection.SendAsync(Convert.FromHexString(answer));
            await connection.HangAsync();
        });
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings($"https://crm.example:{server.Port}/"));

        Assert.Equal("tls", outcome.Code);
        Assert.Equal("crm.example offers only versions of TLS that are no longer safe. It must offer TLS 1.2 or 1.3.", outcome.Detail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("15030300020228")] // alert: handshake failure
    [InlineData("1603")]
    public async Task Execute_HandshakeBreaksOff_IsTls(string answer)
    {
        await using var server = RawServer.StartSilent(async connection =>
        {
            await connection.Socket.ReceiveAsync(new byte[4096], connection.Stop);
            await connection.SendAsync(Convert.FromHexString(answer));
        });
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings($"https://crm.example:{server.Port}/"));

        Assert.Equal("tls", outcome.Code);
        Assert.StartsWith("crm.example broke off the TLS handshake.", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_HandshakeHangs_TimesOutThere()
    {
        await using var server = RawServer.StartSilent(connection => connection.HangAsync());
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings($"https://crm.example:{server.Port}/") with { TimeoutSeconds = 1 });

        Assert.Equal("The call did not finish within 1 s; it was still agreeing on TLS.", outcome.Detail);
        Assert.Equal("tls", HttpBench.Response(outcome).Phase);
    }

    [Fact]
    public async Task Execute_ServerOffersHttp2_UsesItForAutoAndFor2()
    {
        await using var sink = await HttpSink.StartAsync(_certificates.Make("crm.example"));
        await using var bench = NewBench();

        foreach (var (choice, version) in new[] { (HttpVersionChoice.Auto, "2"), (HttpVersionChoice.Http2, "2"), (HttpVersionChoice.Http11, "1.1"), (HttpVersionChoice.Auto, "2") })
        {
            var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/in?a=1", "crm.example")) with { HttpVersion = choice });
            Assert.True(outcome.Succeeded, outcome.Detail);
            Assert.Equal(version, HttpBench.Response(outcome).HttpVersion);
            Assert.Equal(version, HttpBench.Request(outcome).HttpVersion);
            Assert.Equal((version == "2" ? "HTTP/2" : "HTTP/1.1", "POST", "/in?a=1", """{"id":7,"name":"Ada"}"""), (sink.Last.Protocol, sink.Last.Method, sink.Last.Target, sink.Last.Text));
        }
        Assert.Equal(2, sink.ConnectionCount); // one of each version, kept
    }

    [Fact]
    public async Task Execute_ManyAtOnceOverHttp2_ShareConnections()
    {
        await using var sink = await HttpSink.StartAsync(_certificates.Make("crm.example"));
        await using var bench = NewBench();
        var settings = HttpBench.Settings(sink.At("/", "crm.example"));
        await bench.ExecuteAsync(settings);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => bench.ExecuteAsync(settings)));

        Assert.All(outcomes, o => Assert.True(o.Succeeded, o.Detail));
        Assert.Equal(1, sink.ConnectionCount);
    }

    [Fact]
    public async Task Execute_ServerChoseHttp11Once_IsNeverOfferedHttp2Again()
    {
        // Pins what SocketsHttpHandler does: once an authority has chosen HTTP/1.1, it takes later connections to it for
        // HTTP/1.1 without a look at what TLS agreed on. Offered HTTP/2, this server would take it the second time.
        var agreed = new System.Collections.Concurrent.ConcurrentQueue<SslApplicationProtocol>();
        var certificate = _certificates.Make("crm.example");
        await using var server = RawServer.StartSilent(async connection =>
        {
            await using var stream = new SslStream(new System.Net.Sockets.NetworkStream(connection.Socket));
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ApplicationProtocols = agreed.IsEmpty ? [SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                },
                connection.Stop);
            agreed.Enqueue(stream.NegotiatedApplicationProtocol);
            await stream.ReadAtLeastAsync(new byte[4096], 100, throwOnEndOfStream: false, connection.Stop);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), connection.Stop);
        });
        await using var bench = NewBench();

        for (var i = 0; i < 3; i++)
        {
            var outcome = await bench.ExecuteAsync(HttpBench.Settings($"https://crm.example:{server.Port}/"));
            Assert.True(outcome.Succeeded, outcome.Detail);
        }

        Assert.Equal([SslApplicationProtocol.Http11, SslApplicationProtocol.Http11, SslApplicationProtocol.Http11], agreed);
    }

    [Theory]
    [InlineData("garbage", "474554202f20485454502f312e310d0a0d0a", "bad_answer")]
    [InlineData("frame too large", "ffffff040000000000", "bad_answer")]
    [InlineData("headers that do not decode", "000000040000000000" + "000003010500000001ffffff", "bad_answer")]
    [InlineData("stream reset", "000000040000000000" + "0000040300000000010000000b", "bad_answer")]
    [InlineData("connection given up", "000000040000000000" + "0000080700000000000000000000000001", "bad_answer")]
    [InlineData("closed", "000000040000000000", "reset")]
    public async Task Execute_HostileHttp2_IsNamed(string what, string frames, string code)
    {
        var certificate = _certificates.Make("crm.example");
        await using var server = RawServer.StartSilent(async connection =>
        {
            await using var stream = new SslStream(new System.Net.Sockets.NetworkStream(connection.Socket));
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] }, connection.Stop);
            await stream.ReadAtLeastAsync(new byte[4096], 100, throwOnEndOfStream: false, connection.Stop);
            await stream.WriteAsync(Convert.FromHexString(frames), connection.Stop);
            if (what == "closed") return;
            await stream.CopyToAsync(Stream.Null, connection.Stop);
        });
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings($"https://crm.example:{server.Port}/") with { TimeoutSeconds = 3 });

        Assert.True((FailureKind.Transient, code) == (outcome.Failure, outcome.Code), $"{what}: {outcome.Failure} {outcome.Code} {outcome.Detail}");
    }

    [Fact]
    public async Task Execute_Http2ServerSaysNothing_TimesOut()
    {
        var certificate = _certificates.Make("crm.example");
        await using var server = RawServer.StartSilent(async connection =>
        {
            await using var stream = new SslStream(new System.Net.Sockets.NetworkStream(connection.Socket));
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] }, connection.Stop);
            await stream.CopyToAsync(Stream.Null, connection.Stop);
        });
        await using var bench = NewBench();

        Assert.Equal("timeout", (await bench.ExecuteAsync(HttpBench.Settings($"https://crm.example:{server.Port}/") with { TimeoutSeconds = 1 })).Code);
    }

    [Fact]
    public async Task Execute_Http2DemandedAndNotSpoken_IsConfiguration()
    {
        await using var sink = await HttpSink.StartAsync(_certificates.Make("crm.example"), HttpProtocols.Http1);
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/", "crm.example")) with { HttpVersion = HttpVersionChoice.Http2 });

        Assert.Equal((FailureKind.Configuration, "http_version"), (outcome.Failure, outcome.Code));
        Assert.Equal("The target does not speak HTTP/2. Choose HTTP version auto.", outcome.Detail);
        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Execute_RedirectFromHttpsToHttp_IsNotFollowed()
    {
        await using var plain = await HttpSink.StartAsync();
        await using var sink = await HttpSink.StartAsync(_certificates.Make("crm.example"));
        sink.Answer = (context, _) =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = plain.At("/");
            return Task.CompletedTask;
        };
        await using var bench = NewBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/", "crm.example")) with { FollowRedirects = true });

        Assert.Equal("http_302", outcome.Code);
        Assert.Empty(plain.Requests);
    }

    // Every name leads to this machine
    private HttpBench NewBench() => HttpBench.Trusting(_certificates, services => services.AddSingleton<IHostResolver>(new FakeResolver(IPAddress.Loopback)));

    private static async Task ServeTlsAsync(RawConnection connection, X509Certificate2 certificate, SslProtocols protocols)
    {
        await using var stream = new SslStream(new System.Net.Sockets.NetworkStream(connection.Socket));
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = protocols }, connection.Stop);
        await connection.HangAsync();
    }
}
