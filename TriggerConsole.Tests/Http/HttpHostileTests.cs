using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Records;
using TriggerConsole.Tests.Egress;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

/// <summary>Servers that break the rules: each costs one attempt with a name, within its limit and a second.</summary>
[Collection(nameof(Alone))]
public sealed class HttpHostileTests
{
    private const int LimitSeconds = 1;

    public static TheoryData<string, string, FailureKind, string> BadAnswers() => new()
    {
        { "closed at once", "", FailureKind.Transient, "reset" },
        { "half a status line", "HTTP/1.1 20", FailureKind.Transient, "reset" },
        { "half a header", "HTTP/1.1 200 OK\r\nContent-Le", FailureKind.Transient, "reset" },
        { "closed mid-body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", FailureKind.Transient, "reset" },
        { "closed mid-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", FailureKind.Transient, "reset" },
        { "no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", FailureKind.Transient, "reset" },
        { "chunk size is no number", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n", FailureKind.Transient, "bad_answer" },
        { "chunk size overflows", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nab\r\n", FailureKind.Transient, "bad_answer" },
        { "chunk without its end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabXX0\r\n\r\n", FailureKind.Transient, "bad_answer" },
        { "negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc", FailureKind.Transient, "bad_answer" },
        { "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc", FailureKind.Transient, "bad_answer" },
        { "garbage", "\u0001\u0002\u0003 what is this\r\n\r\n", FailureKind.Transient, "bad_answer" },
        { "HTTP/0.9", "<html>hello</html>\r\n", FailureKind.Transient, "bad_answer" },
        { "another protocol", "SSH-2.0-OpenSSH_9.2\r\n", FailureKind.Transient, "bad_answer" },
        { "status is no number", "HTTP/1.1 abc OK\r\n\r\n", FailureKind.Transient, "bad_answer" },
        { "status too long", "HTTP/1.1 2000 OK\r\n\r\n", FailureKind.Transient, "bad_answer" },
        { "status negative", "HTTP/1.1 -20 OK\r\n\r\n", FailureKind.Transient, "bad_answer" },
        { "version unknown", "HTTP/9.9 200 OK\r\n\r\n", FailureKind.Transient, "bad_answer" },
        { "header without a colon", "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", FailureKind.Transient, "bad_answer" },
        { "header without a name", "HTTP/1.1 200 OK\r\n: value\r\n\r\n", FailureKind.Transient, "bad_answer" },
        { "10,000 headers", "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"X-{i}: v\r\n")) + "\r\n", FailureKind.Permanent, "too_large" },
        { "a huge header", "HTTP/1.1 200 OK\r\nX: " + new string('v', 1_000_000) + "\r\n\r\n", FailureKind.Permanent, "too_large" },
        { "a huge status line", "HTTP/1.1 200 " + new string('v', 1_000_000) + "\r\n\r\n", FailureKind.Permanent, "too_large" },
        { "length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc", FailureKind.Transient, "bad_answer" },
        { "interim answers, then closed", string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100)), FailureKind.Transient, "reset" },
        { "endless interim answers", string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 5000)), FailureKind.Permanent, "too_large" },
        { "announces more than allowed", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nabc", FailureKind.Transient, "reset" },
    };

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task Execute_BadAnswer_IsNamed(string what, string answer, FailureKind kind, string code)
    {
        await using var server = RawServer.Answering(answer);
        await using var bench = new HttpBench();

        var outcome = await RunAsync(bench, HttpBench.Settings(server.Url));

        Assert.True((kind, code) == (outcome.Failure, outcome.Code), $"{what}: {outcome.Failure} {outcome.Code}: {outcome.Detail}");
        Assert.InRange(outcome.Response!.Length, 1, 32 * 1024);
        Assert.NotNull(outcome.Detail);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nall of it", "all of it")] // ends with the connection
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcEXTRA", "abc")] // more than announced
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", "abc")]
    [InlineData("HTTP/1.1 200 OK\r\nSet-Cookie: broken\r\nX-Bad: \u00ff\u00fe\r\nContent-Length: 3\r\n\r\nabc", "abc")]
    public async Task Execute_OddAnswer_IsTaken(string answer, string body)
    {
        await using var server = RawServer.Answering(answer);
        await using var bench = new HttpBench();

        var outcome = await RunAsync(bench, HttpBench.Settings(server.Url));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal(body, HttpBench.Response(outcome).Body);
    }

    [Fact]
    public async Task Execute_AnswerAfterTooMuch_NextCallGetsItsOwn()
    {
        // A second answer waits in the first connection: it must never be taken for the next call's
        var answers = 0;
        await using var server = RawServer.Start(async connection =>
        {
            var number = Interlocked.Increment(ref answers);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{number}HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled");
            await connection.HangAsync();
        });
        await using var bench = new HttpBench();

        var bodies = new List<string?>();
        for (var i = 0; i < 3; i++) bodies.Add(HttpBench.Response(await RunAsync(bench, HttpBench.Settings(server.Url))).Body);

        Assert.Equal(["1", "2", "3"], bodies);
    }

    [Theory]
    [InlineData("accept", "wait", "waiting for the answer")]
    [InlineData("status", "wait", "waiting for the answer")]
    [InlineData("headers", "read", "reading the answer")]
    [InlineData("body", "read", "reading the answer")]
    [InlineData("drip", "read", "reading the answer")]
    [InlineData("drip headers", "wait", "waiting for the answer")]
    [InlineData("interim", "wait", "waiting for the answer")]
    public async Task Execute_ServerStalls_TimesOutInThatPhase(string where, string phase, string says)
    {
        await using var server = RawServer.Start(async connection =>
        {
            switch (where)
            {
                case "status": await connection.SendAsync("HTTP/1.1 2"); break;
                case "headers": await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"); break;
                case "body": await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"); break;
                case "drip":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
                    while (true) await DripAsync(connection, "x");
                case "drip headers":
                    await connection.SendAsync("HTTP/1.1 200 OK\r\nX: ");
                    while (true) await DripAsync(connection, "x");
                case "interim":
                    while (true) await DripAsync(connection, "HTTP/1.1 100 Continue\r\n\r\n");
            }
            await connection.HangAsync();
        });
        await using var bench = new HttpBench();

        var outcome = await RunAsync(bench, HttpBench.Settings(server.Url));

        Assert.Equal((FailureKind.Timeout, "timeout"), (outcome.Failure, outcome.Code));
        Assert.Equal($"The call did not finish within 1 s; it was still {says}.", outcome.Detail);
        Assert.Equal(phase, HttpBench.Response(outcome).Phase);
    }

    [Fact]
    public async Task Execute_GetIsNotAnswered_SaysSo()
    {
        await using var server = RawServer.Start(connection => connection.HangAsync());
        await using var bench = new HttpBench();

        Assert.EndsWith("waiting for the answer.", (await RunAsync(bench, HttpBench.Settings(server.Url, "GET"))).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_BodyIsNotTaken_TimesOutSending()
    {
        await using var server = RawServer.StartSilent(connection => Task.Delay(Timeout.InfiniteTimeSpan, connection.Stop));
        await using var bench = new HttpBench();

        var outcome = await RunAsync(bench, HttpBench.Settings(server.Url), HttpBench.Event(new byte[30_000_000]));

        Assert.Equal("timeout", outcome.Code);
        Assert.Equal("send", HttpBench.Response(outcome).Phase);
        Assert.EndsWith("sending the body.", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc")]
    public async Task Execute_ServerResets_IsReset(string before)
    {
        await using var server = RawServer.Start(async connection =>
        {
            await connection.SendAsync(before);
            connection.Reset();
        });
        await using var bench = new HttpBench();

        var outcome = await RunAsync(bench, HttpBench.Settings(server.Url));

        Assert.Equal((FailureKind.Transient, "reset"), (outcome.Failure, outcome.Code));
    }

    [Fact]
    public async Task Execute_ServerResetsWhileTheBodyIsSent_IsReset()
    {
        await using var server = RawServer.StartSilent(async connection =>
        {
            await connection.Socket.ReceiveAsync(new byte[100], connection.Stop);
            connection.Reset();
        });
        await using var bench = new HttpBench();

        Assert.Equal("reset", (await RunAsync(bench, HttpBench.Settings(server.Url), HttpBench.Event(new byte[20_000_000]))).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_EndlessBody_IsTooLargeAndTheConnectionIsDropped(bool chunked)
    {
        var sent = 0L;
        var dropped = new TaskCompletionSource();
        await using var server = RawServer.Start(async connection =>
        {
            var piece = chunked ? Encoding.ASCII.GetBytes("10000\r\n" + new string('x', 0x10000) + "\r\n") : Encoding.ASCII.GetBytes(new string('x', 0x10000));
            await connection.SendAsync(chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" : "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
            try
            {
                while (true)
                {
                    await connection.SendAsync(piece);
                    sent += piece.Length;
                }
            }
            catch (SocketException) { dropped.SetResult(); }
        });
        await using var bench = new HttpBench();

        var outcome = await RunAsync(bench, HttpBench.Settings(server.Url));
        await dropped.Task.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal((FailureKind.Permanent, "too_large"), (outcome.Failure, outcome.Code));
        Assert.InRange(sent, 1, 64 * 1024 * 1024); // what fits in the sockets' buffers, not a gigabyte
        var response = HttpBench.Response(outcome);
        Assert.Equal(200, response.Status);
        Assert.True(response.BodyTruncated);
        Assert.Equal(RecordWriter.KeptBytes, response.Body!.Length);
    }

    [Fact]
    public async Task Execute_AnswerAtTheLimit_Passes()
    {
        await using var sink = await HttpSink.StartAsync();
        var size = 2048;
        sink.Answer = (context, _) => context.Response.Body.WriteAsync(new byte[size]).AsTask();
        await using var bench = new HttpBench();

        Assert.True((await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { MaxResponseBytes = 2048 })).Succeeded);
        size++;
        Assert.Equal("too_large", (await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { MaxResponseBytes = 2048 })).Code);
    }

    [Fact]
    public async Task Execute_NobodyListens_IsConnectRefused()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var bench = new HttpBench();

        var outcome = await RunAsync(bench, HttpBench.Settings($"http://127.0.0.1:{((IPEndPoint)bound.LocalEndPoint!).Port}/"));

        Assert.Equal((FailureKind.Unavailable, "connect_refused"), (outcome.Failure, outcome.Code));
        Assert.Equal("connect", HttpBench.Response(outcome).Phase);
    }

    [Fact]
    public async Task Execute_NoSuchHost_IsDns()
    {
        await using var bench = new HttpBench(services => services.AddSingleton<IHostResolver>(new FakeResolver { Error = new SocketException((int)SocketError.HostNotFound) }));

        var outcome = await RunAsync(bench, HttpBench.Settings("http://nowhere.example/"));

        Assert.Equal((FailureKind.Unavailable, "dns"), (outcome.Failure, outcome.Code));
        Assert.Equal("There is no host named nowhere.example. Check the spelling.", outcome.Detail);
        Assert.Equal("dns", HttpBench.Response(outcome).Phase);
    }

    [Fact]
    public async Task Execute_NameServiceHangs_TimesOutLookingUp()
    {
        await using var bench = new HttpBench(services => services.AddSingleton<IHostResolver>(new FakeResolver { Hang = true }));

        var outcome = await RunAsync(bench, HttpBench.Settings("http://slow.example/"));

        Assert.Equal("The call did not finish within 1 s; it was still looking up the host name.", outcome.Detail);
        Assert.Equal("dns", HttpBench.Response(outcome).Phase);
    }

    [Fact]
    public async Task Execute_ConnectionIsNotTaken_TimesOutConnecting()
    {
        // A listener whose queue is full lets the next ones wait
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        using var first = new TcpClient();
        using var second = new TcpClient();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        await first.ConnectAsync(IPAddress.Loopback, port);
        var waiting = second.ConnectAsync(IPAddress.Loopback, port);
        await using var bench = new HttpBench();

        var outcome = await RunAsync(bench, HttpBench.Settings($"http://127.0.0.1:{port}/"));

        Assert.Equal("timeout", outcome.Code);
        Assert.Equal("connect", HttpBench.Response(outcome).Phase);
        Assert.False(waiting.IsFaulted);
    }

    [Fact]
    public async Task Execute_AfterEveryFault_TheNextCallWorks()
    {
        var round = 0;
        await using var server = RawServer.Start(async connection =>
        {
            switch (round++)
            {
                case 0: connection.Reset(); break;
                case 1: await connection.HangAsync(); break;
                case 2: await connection.SendAsync("garbage\r\n\r\n"); break;
                default: await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); break;
            }
        });
        await using var bench = new HttpBench();

        var codes = new List<string>();
        for (var i = 0; i < 4; i++) codes.Add((await RunAsync(bench, HttpBench.Settings(server.Url))).Code);

        Assert.Equal(["reset", "timeout", "bad_answer", "http_200"], codes);
    }

    private static async Task<AttemptOutcome> RunAsync(HttpBench bench, HttpTriggerSettings settings, Core.Triggers.AttemptContext? context = null)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = await bench.ExecuteAsync(settings with { TimeoutSeconds = LimitSeconds }, context);
        var took = Stopwatch.GetElapsedTime(started);
        Assert.True(took < TimeSpan.FromSeconds(LimitSeconds + 1), string.Create(CultureInfo.InvariantCulture, $"took {took.TotalSeconds} s"));
        return outcome;
    }

    // A byte now and then, for as long as anybody listens
    private static async Task DripAsync(RawConnection connection, string text)
    {
        await connection.SendAsync(text);
        await Task.Delay(50, connection.Stop);
    }
}
