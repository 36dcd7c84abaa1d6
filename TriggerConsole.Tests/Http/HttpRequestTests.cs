using System.Text;
using TriggerConsole.Core.Http;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

/// <summary>What arrives at the other side.</summary>
public sealed class HttpRequestTests
{
    [Theory]
    [InlineData("GET", false)]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    [InlineData("DELETE", false)]
    [InlineData("HEAD", false)]
    [InlineData("OPTIONS", false)]
    public async Task Execute_EachMethodWithoutBodySettings_PassesTheEventOnWhereItBelongs(string method, bool withBody)
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/in?a=1"), method));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal("http_200", outcome.Code);
        Assert.Equal(method, sink.Only.Method);
        Assert.Equal("/in?a=1", sink.Only.Target);
        Assert.Equal(withBody ? """{"id":7,"name":"Ada"}""" : "", sink.Only.Text);
        Assert.Equal(withBody ? "application/json" : null, sink.Only.Header("Content-Type"));
    }

    [Fact]
    public async Task Execute_Plain_SendsExactlyTheseBytes()
    {
        await using var server = RawServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(server.Url + "orders?x=%41") with
        {
            Headers = [new() { Name = "X-Name", Value = "{payload.name}" }, new() { Name = "accept", Value = "application/json" }],
        });

        Assert.Equal("http_204", outcome.Code);
        var version = typeof(HttpTriggerKind).Assembly.GetName().Version!.ToString(3);
        Assert.Equal(
            "POST /orders?x=A HTTP/1.1\r\n" +
            $"Host: 127.0.0.1:{server.Port}\r\n" +
            "X-Name: Ada\r\n" +
            "Accept: application/json\r\n" +
            $"Idempotency-Key: {HttpBench.ExecutionId}\r\n" +
            $"User-Agent: TriggerConsole/{version}\r\n" +
            "TriggerConsole-Hops: 1\r\n" +
            "Content-Type: application/json\r\n" +
            "Content-Length: 21\r\n" +
            "\r\n" +
            """{"id":7,"name":"Ada"}""",
            Assert.Single(server.Received));
    }

    [Fact]
    public async Task Execute_PassThrough_KeepsEveryByteAndTheContentType()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();
        var body = Enumerable.Range(0, 70_000).Select(i => (byte)(i * 7)).ToArray();

        await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")), HttpBench.Event(body, "application/x-odd; v=1"));

        Assert.Equal(body, sink.Only.Body);
        Assert.Equal("application/x-odd; v=1", sink.Only.Header("Content-Type"));
    }

    [Theory]
    [InlineData(HttpBodyFormat.Json, """{"who":"{payload.name}","id":"{payload.id}"}""", null, """{"who":"Ada","id":7}""", "application/json")]
    [InlineData(HttpBodyFormat.Xml, "<who>{payload.name}</who>", null, "<who>Ada</who>", "application/xml")]
    [InlineData(HttpBodyFormat.Text, "Hello {payload.name}", null, "Hello Ada", "text/plain; charset=utf-8")]
    [InlineData(HttpBodyFormat.Form, "who={payload.name}&id={payload.id}", null, "who=Ada&id=7", "application/x-www-form-urlencoded")]
    [InlineData(HttpBodyFormat.Json, "{original_payload}", "application/vnd.crm+json", """{"id":7,"name":"Ada"}""", "application/vnd.crm+json")]
    [InlineData(HttpBodyFormat.None, null, null, "", null)]
    public async Task Execute_EachBodyFormat_ArrivesWithItsContentType(HttpBodyFormat format, string? template, string? contentType, string body, string? sentType)
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { Body = new() { Format = format, Template = template, ContentType = contentType } });

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal(body, sink.Only.Text);
        Assert.Equal(sentType, sink.Only.Header("Content-Type"));
    }

    [Fact]
    public async Task Execute_ContentTypeHeaderByHand_WinsOverTheFormats()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { Headers = [new() { Name = "content-type", Value = "text/csv" }] });

        Assert.Equal("text/csv", sink.Only.Header("Content-Type"));
    }

    [Fact]
    public async Task Execute_LargeRenderedBody_ArrivesWhole()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();
        var text = new string('ä', 600_000);

        var outcome = await bench.ExecuteAsync(
            HttpBench.Settings(sink.At("/")) with { Body = new() { Format = HttpBodyFormat.Text, Template = "<{payload.text}>" } },
            HttpBench.Event($$"""{"text":"{{text}}"}"""));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal($"<{text}>", sink.Only.Text);
        var recorded = HttpBench.Request(outcome);
        Assert.True(recorded.BodyTruncated);
        Assert.Equal(1_200_002, recorded.BodySize);
        Assert.InRange(Encoding.UTF8.GetByteCount(recorded.Body!), 16_000, 16 * 1024);
    }

    [Fact]
    public async Task Execute_Query_IsEncodedAndAddedToTheUrls()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        await bench.ExecuteAsync(
            HttpBench.Settings(sink.At("/p/{payload.name}?a=1"), "GET") with { Query = [new() { Name = "q x", Value = "{payload.name} & co=ü" }, new() { Name = "n", Value = "2" }] },
            HttpBench.Event("""{"name":"A/B"}"""));

        Assert.Equal("/p/A%2FB?a=1&q%20x=A%2FB%20%26%20co%3D%C3%BC&n=2", sink.Only.Target);
    }

    [Fact]
    public async Task Execute_UserSetsIdempotencyKeyAndUserAgent_OursStayAway()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with
        {
            Headers = [new() { Name = "idempotency-key", Value = "{event_id}" }, new() { Name = "User-Agent", Value = "Mine/1 (x y)" }],
        });

        Assert.Equal("01890000-0000-7000-8000-000000000002", sink.Only.Header("Idempotency-Key"));
        Assert.Equal("Mine/1 (x y)", sink.Only.Header("User-Agent"));
    }

    [Fact]
    public async Task Execute_EachRetry_SendsTheSameIdempotencyKey()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")), HttpBench.Event(attempt: 1));
        await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")), HttpBench.Event(attempt: 2));

        Assert.Equal([HttpBench.ExecutionId.ToString(), HttpBench.ExecutionId.ToString()], sink.Requests.Select(r => r.Header("Idempotency-Key")));
    }

    [Theory]
    [InlineData("[]", "1")]
    [InlineData("""[["triggerconsole-hops","4"]]""", "5")]
    [InlineData("""[["TriggerConsole-Hops","-3"]]""", "1")]
    [InlineData("""[["TriggerConsole-Hops","99999999999999"]]""", "1")]
    public async Task Execute_EventHasHops_SendsOneMore(string headers, string hops)
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")), HttpBench.Event(headers: headers));

        Assert.Equal(hops, sink.Only.Header(LoopGuard.Header));
    }

    [Fact]
    public async Task Execute_HeaderInAnotherScript_IsSentAsUtf8()
    {
        await using var server = RawServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(server.Url) with { Headers = [new() { Name = "X-Name", Value = "{payload.name}" }] }, HttpBench.Event("""{"name":"Zoë"}"""));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Contains("X-Name: " + Encoding.Latin1.GetString("Zoë"u8) + "\r\n", Assert.Single(server.Received));
    }

    [Fact]
    public async Task Execute_SmallAnswers_ReuseOneConnection()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = (context, _) => context.Response.Body.WriteAsync(new byte[50_000]).AsTask();
        await using var bench = new HttpBench();

        var first = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")));
        var second = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")));

        Assert.Equal(1, sink.ConnectionCount);
        Assert.False(HttpBench.Response(first).Timings.ReusedConnection);
        Assert.NotNull(HttpBench.Response(first).Timings.ConnectMs);
        Assert.Equal("127.0.0.1", HttpBench.Response(first).Address);
        Assert.True(HttpBench.Response(second).Timings.ReusedConnection);
        Assert.Null(HttpBench.Response(second).Timings.ConnectMs);
    }

    [Fact]
    public async Task Execute_Cancelled_ThrowsAndRecordsNothing()
    {
        var arrived = new TaskCompletionSource();
        await using var server = RawServer.Start(connection => { arrived.SetResult(); return connection.HangAsync(); });
        await using var bench = new HttpBench();
        using var cancel = new CancellationTokenSource();

        var running = bench.ExecuteAsync(HttpBench.Settings(server.Url), cancellationToken: cancel.Token);
        await arrived.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
