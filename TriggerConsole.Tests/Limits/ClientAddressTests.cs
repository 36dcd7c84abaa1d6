using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriggerConsole.Hosting;
using TriggerConsole.Limits;
using Xunit;

namespace TriggerConsole.Tests.Limits;

public sealed class ClientAddressTests
{
    private const string Proxy = "10.0.0.1";

    [Theory]
    // One proxy: what it saw is at the end, whatever stands before it
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("1.1.1.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1, 203.0.113.7", "203.0.113.7")]
    // Several: those that are trusted are passed over
    [InlineData("203.0.113.7, 10.0.0.2", "203.0.113.7")]
    [InlineData("1.1.1.1, 203.0.113.7, 10.0.0.3, 10.0.0.2", "203.0.113.7")]
    [InlineData("10.0.0.9, 10.0.0.2", "10.0.0.9")]
    // Ports, IPv6, IPv4 in IPv6
    [InlineData("203.0.113.7:51234", "203.0.113.7")]
    [InlineData("[2001:db8::7]:443", "2001:db8::7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("[2001:db8::7]", "2001:db8::7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7, ::ffff:10.0.0.2", "203.0.113.7")]
    // What is no address hides what stands before it
    [InlineData("203.0.113.7, unknown", Proxy)]
    [InlineData("203.0.113.7, _hidden", Proxy)]
    [InlineData("203.0.113.7, 7", Proxy)]
    [InlineData("203.0.113.7, 10.0.0.2, evil", Proxy)]
    [InlineData("203.0.113.7, evil, 10.0.0.2", "10.0.0.2")]
    [InlineData("203.0.113.7:port", Proxy)]
    [InlineData("[2001:db8::7", Proxy)]
    [InlineData("[203.0.113.7]", Proxy)]
    [InlineData("fe80::1%eth0", Proxy)]
    [InlineData("", Proxy)]
    [InlineData(",,,", Proxy)]
    [InlineData("203.0.113.7,", Proxy)]
    public async Task XForwardedFor_OfATrustedProxy_GivesTheLastAddressThatIsNone(string header, string address)
        => Assert.Equal(address, (await RunAsync(Proxy, Trusting(), ("X-Forwarded-For", header))).Connection.RemoteIpAddress!.ToString());

    [Theory]
    [InlineData("for=203.0.113.7", "203.0.113.7")]
    [InlineData("for=203.0.113.7;proto=https;by=203.0.113.43", "203.0.113.7")]
    [InlineData("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17")]
    [InlineData("for=1.1.1.1, for=203.0.113.7", "203.0.113.7")]
    [InlineData("for=203.0.113.7, for=10.0.0.2", "203.0.113.7")]
    [InlineData("for=\"a,b\", for=203.0.113.7", "203.0.113.7")]
    [InlineData("for=\"1.1.1.1, for=2.2.2.2\"", Proxy)]
    [InlineData("for=203.0.113.7, for=unknown", Proxy)]
    [InlineData("for=203.0.113.7, for=_obf", Proxy)]
    [InlineData("for=\"203.0.113.7:_port\"", "203.0.113.7")]
    [InlineData("proto=https", Proxy)]
    [InlineData("for=\"\\\"203.0.113.7\"", Proxy)]
    [InlineData("\"", Proxy)]
    public async Task Forwarded_OfATrustedProxy_GivesTheLastAddressThatIsNone(string header, string address)
        => Assert.Equal(address, (await RunAsync(Proxy, Trusting(o => o.ForwardedBy = ForwardedHeader.Forwarded), ("Forwarded", header))).Connection.RemoteIpAddress!.ToString());

    [Fact]
    public async Task Headers_OfAStranger_AreNotRead()
    {
        var context = await RunAsync("198.51.100.1", Trusting(o => o.TrustForwardedHost = true), ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("Forwarded", "for=203.0.113.7"));
        Assert.Equal(("198.51.100.1", "http", "console.example"), (context.Connection.RemoteIpAddress!.ToString(), context.Request.Scheme, context.Request.Host.Value));
    }

    [Fact]
    public async Task Headers_NobodyTrusted_AreNotRead()
        => Assert.Equal("127.0.0.1", (await RunAsync("127.0.0.1", new(), ("X-Forwarded-For", "203.0.113.7"))).Connection.RemoteIpAddress!.ToString());

    [Fact]
    public async Task Header_ThatTheProxyDoesNotWrite_IsNotRead()
    {
        Assert.Equal(Proxy, (await RunAsync(Proxy, Trusting(), ("Forwarded", "for=203.0.113.7"))).Connection.RemoteIpAddress!.ToString());
        Assert.Equal(Proxy, (await RunAsync(Proxy, Trusting(o => o.ForwardedBy = ForwardedHeader.Forwarded), ("X-Forwarded-For", "203.0.113.7"))).Connection.RemoteIpAddress!.ToString());
    }

    [Theory]
    [InlineData("203.0.113.7", "https", "https")]
    [InlineData("203.0.113.7", "javascript", "http")]
    [InlineData("203.0.113.7", "http, https", "https")]
    // The caller's own word stands before that of the proxy he called
    [InlineData("1.1.1.1, 203.0.113.7, 10.0.0.2", "ftp, https, http", "https")]
    [InlineData("203.0.113.7, 10.0.0.2", "https", "https")]
    public async Task Proto_IsThatOfTheProxyThatWasCalled(string addresses, string proto, string scheme)
        => Assert.Equal(scheme, (await RunAsync(Proxy, Trusting(), ("X-Forwarded-For", addresses), ("X-Forwarded-Proto", proto))).Request.Scheme);

    [Theory]
    [InlineData(false, "hooks.example", "console.example")]
    [InlineData(true, "hooks.example", "hooks.example")]
    [InlineData(true, "evil.example, hooks.example:8443", "hooks.example:8443")]
    [InlineData(true, "hooks.example/path", "console.example")]
    [InlineData(true, "a@evil.example", "console.example")]
    [InlineData(true, "evil.example\"><script>", "console.example")]
    [InlineData(true, "", "console.example")]
    public async Task Host_IsTakenOnlyWhereTheProxySetsIt(bool trusted, string host, string expected)
        => Assert.Equal(expected, (await RunAsync(Proxy, Trusting(o => o.TrustForwardedHost = trusted), ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Host", host))).Request.Host.Value);

    [Fact]
    public async Task Forwarded_ProtoAndHost_AreOfTheSameElement()
    {
        var context = await RunAsync(Proxy, Trusting(o => o.ForwardedBy = ForwardedHeader.Forwarded), ("Forwarded", "for=1.1.1.1;host=evil.example;proto=http, for=203.0.113.7;host=\"hooks.example:8443\";proto=https"));
        Assert.Equal(("https", "hooks.example:8443"), (context.Request.Scheme, context.Request.Host.Value));
    }

    [Fact]
    public async Task MappedAddress_OfTheConnection_IsIPv4FromThenOn()
        => Assert.Equal("203.0.113.7", (await RunAsync("::ffff:203.0.113.7", new())).Connection.RemoteIpAddress!.ToString());

    [Fact]
    public async Task Hostile_TenThousandEntriesAndGarbage_CostsNothing()
    {
        var headers = new[]
        {
            string.Join(", ", Enumerable.Repeat("10.0.0.2", 10_000)), string.Join(",", Enumerable.Repeat("1.1.1.1", 10_000)), new string(',', 30_000), new string('"', 30_001), new string('[', 30_000),
            string.Concat(Enumerable.Repeat("for=\"", 5_000)), new string('\\', 30_000), "\0\r\n, \u202e1.1.1.1",
        };
        var watch = Stopwatch.StartNew();
        foreach (var header in headers)
            foreach (var kind in new[] { ForwardedHeader.XForwarded, ForwardedHeader.Forwarded })
                for (var i = 0; i < 50; i++)
                    Assert.NotNull((await RunAsync(Proxy, Trusting(o => o.ForwardedBy = kind), ("X-Forwarded-For", header), ("Forwarded", header), ("X-Forwarded-Proto", header))).Connection.RemoteIpAddress);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"800 requests took {watch.Elapsed}.");
    }

    private static ServerOptions Trusting(Action<ServerOptions>? more = null)
    {
        var options = new ServerOptions { TrustedProxies = ["10.0.0.0/24"] };
        more?.Invoke(options);
        return options;
    }

    private static async Task<HttpContext> RunAsync(string peer, ServerOptions options, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        (context.Request.Scheme, context.Request.Host) = ("http", new("console.example"));
        foreach (var (name, value) in headers) context.Request.Headers.Append(name, value);
        await new ClientAddress(_ => Task.CompletedTask, new(Options.Create(options)), Options.Create(options), NullLogger<ClientAddress>.Instance).InvokeAsync(context);
        return context;
    }
}
