using System.Net;
using System.Net.Sockets;
using TriggerConsole.Core.Egress;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Egress;

public sealed class EgressConnectorTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("localhost.")]
    [InlineData("LOCALHOST")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("017700000001")]
    [InlineData("①②⑦.⓪.⓪.①")]
    [InlineData("１２７.０.０.１")]
    [InlineData("127。0。0。1")]
    [InlineData("127．0．0．1")]
    [InlineData("127\u200B.0.0.1")]
    [InlineData("loc\u00ADalhost")]
    [InlineData("ⓛocalhost")]
    [InlineData("ｌｏｃａｌｈｏｓｔ")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("0.0.0.0")]
    [InlineData("0")]
    [InlineData("::")]
    [InlineData("127.0.0.1%00.example.com")]
    [InlineData("a..b")]
    [InlineData("")]
    public async Task Connect_HostIsASpellingOfLoopback_DoesNotReachIt(string host)
    {
        await using var server = RawServer.StartSilent(connection => connection.HangAsync());
        using var resolver = new SystemHostResolver();

        var result = await Connector(resolver).ConnectAsync(host, server.Port, new(), CancellationToken.None);

        Assert.False(result.IsConnected);
        Assert.True(result.Failure.Fault is EgressFault.Blocked or EgressFault.Dns or EgressFault.BadHost, result.Failure.Detail);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Connect_SpellingsOfLoopbackWhenItIsNamed_ReachIt()
    {
        // The control of the test above: without the policy these do arrive
        await using var server = RawServer.StartSilent(connection => connection.HangAsync());
        using var resolver = new SystemHostResolver();
        var connector = Connector(resolver, "127.0.0.0/8");

        foreach (var host in new[] { "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "::ffff:127.0.0.1" })
        {
            var trace = new ConnectTrace();
            var result = await connector.ConnectAsync(host, server.Port, trace, CancellationToken.None);
            Assert.True(result.IsConnected, $"{host}: {result.Failure?.Detail}");
            Assert.Equal(IPAddress.Loopback, trace.Address);
            Assert.Equal(ConnectPhase.Done, trace.Phase);
            Assert.NotNull(trace.ConnectMilliseconds);
            result.Socket.Dispose();
        }
    }

    [Fact]
    public async Task Connect_NameResolvesToLoopback_IsBlockedAndSaysWhy()
    {
        await using var server = RawServer.StartSilent(connection => connection.HangAsync());

        var result = await Connector(new FakeResolver(IPAddress.Loopback, IPAddress.Parse("10.0.0.1"))).ConnectAsync("evil.example", server.Port, new(), CancellationToken.None);

        Assert.Equal(EgressFault.Blocked, result.Failure?.Fault);
        Assert.Equal(
            "evil.example has the address 127.0.0.1. 127.0.0.1 is a loopback address, and those are not called. If this is meant, an administrator can name the network under Egress:AllowedNetworks.",
            result.Failure!.Detail);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Connect_SomeAddressesRefused_TriesOnlyTheAllowedOnes()
    {
        await using var server = RawServer.StartSilent(connection => connection.HangAsync());
        var trace = new ConnectTrace();
        // 127.0.0.2 reaches the same server, if it were tried
        var connector = Connector(new FakeResolver(IPAddress.Parse("127.0.0.2"), IPAddress.Loopback), "127.0.0.1");

        var result = await connector.ConnectAsync("mixed.example", server.Port, trace, CancellationToken.None);

        Assert.True(result.IsConnected);
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)result.Socket.RemoteEndPoint!).Address);
        result.Socket.Dispose();
    }

    [Fact]
    public async Task Connect_FirstAddressRefuses_TriesTheNext()
    {
        await using var server = RawServer.StartSilent(connection => connection.HangAsync());
        var connector = Connector(new FakeResolver(IPAddress.IPv6Loopback, IPAddress.Parse("127.0.0.3"), IPAddress.Loopback), "127.0.0.0/8", "::1");

        // The server listens on 127.0.0.1 alone
        var result = await connector.ConnectAsync("several.example", server.Port, new(), CancellationToken.None);

        Assert.True(result.IsConnected, result.Failure?.Detail);
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)result.Socket.RemoteEndPoint!).Address);
        result.Socket.Dispose();
    }

    [Fact]
    public async Task Connect_NobodyListens_IsRefused()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, so that nobody else gets the port, but not listening

        var result = await Connector(new FakeResolver(), "127.0.0.1").ConnectAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port, new(), CancellationToken.None);

        Assert.Equal(EgressFault.Refused, result.Failure?.Fault);
    }

    [Fact]
    public async Task Connect_NoSuchName_IsDns()
    {
        var result = await Connector(new FakeResolver { Error = new SocketException((int)SocketError.HostNotFound) }).ConnectAsync("nowhere.example", 80, new(), CancellationToken.None);

        Assert.Equal(EgressFault.Dns, result.Failure?.Fault);
        Assert.Equal("There is no host named nowhere.example. Check the spelling.", result.Failure!.Detail);
    }

    [Fact]
    public async Task Connect_NameServiceHangs_TimesOutInThatPhase()
    {
        var time = new ManualTimeProvider();
        var resolver = new FakeResolver { Hang = true };
        var running = new EgressConnector(EgressPolicyTests.Policy(), resolver, time).ConnectAsync("slow.example", 80, new(), CancellationToken.None);
        await resolver.Asked;

        time.Advance(EgressConnector.LookupLimit);
        var result = await running;

        Assert.Equal(EgressFault.TimedOut, result.Failure?.Fault);
        Assert.Equal(ConnectPhase.NameLookup, result.Failure!.Phase);
    }

    [Fact]
    public async Task Connect_Cancelled_Throws()
    {
        var resolver = new FakeResolver { Hang = true };
        using var cancel = new CancellationTokenSource();
        var trace = new ConnectTrace();
        var running = Connector(resolver).ConnectAsync("slow.example", 80, trace, cancel.Token);
        await resolver.Asked;

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(ConnectPhase.NameLookup, trace.Phase);
    }

    [Fact]
    public async Task Check_NameThatCannotBeResolved_IsNoFault()
    {
        Assert.Null(await Connector(new FakeResolver { Error = new SocketException((int)SocketError.HostNotFound) }).CheckAsync("later.example", 443, TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.Equal(EgressFault.Blocked, (await Connector(new FakeResolver(IPAddress.Parse("10.0.0.1"))).CheckAsync("inside.example", 443, TimeSpan.FromSeconds(1), CancellationToken.None))?.Fault);
        Assert.Null(await Connector(new FakeResolver(IPAddress.Parse("8.8.8.8"))).CheckAsync("public.example", 443, TimeSpan.FromSeconds(1), CancellationToken.None));
    }

    [Fact]
    public async Task Resolver_AskedAgainLater_LooksAgain()
    {
        using var resolver = new SystemHostResolver();

        var first = await resolver.ResolveAsync("localhost", CancellationToken.None);
        var second = await resolver.ResolveAsync("localhost", CancellationToken.None);

        Assert.NotEmpty(first);
        Assert.NotSame(first, second); // nothing is remembered
    }

    private static EgressConnector Connector(IHostResolver resolver, params string[] allowed) => new(EgressPolicyTests.Policy(allowed), resolver, TimeProvider.System);
}

internal sealed class FakeResolver(params IPAddress[] addresses) : IHostResolver
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Asked => _asked.Task;

    public SocketException? Error { get; init; }

    public bool Hang { get; init; }

    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        _asked.TrySetResult();
        if (Hang) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return Error is null ? addresses : throw Error;
    }
}
