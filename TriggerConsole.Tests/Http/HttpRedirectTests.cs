using Microsoft.AspNetCore.Http;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Http;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

public sealed class HttpRedirectTests
{
    [Theory]
    [InlineData("POST", 301, "GET", "")]
    [InlineData("POST", 302, "GET", "")]
    [InlineData("PUT", 303, "GET", "")]
    [InlineData("HEAD", 302, "HEAD", "")]
    [InlineData("GET", 302, "GET", "")]
    [InlineData("POST", 307, "POST", """{"id":7,"name":"Ada"}""")]
    [InlineData("PATCH", 308, "PATCH", """{"id":7,"name":"Ada"}""")]
    public async Task Execute_FollowsRedirect_WithTheRightMethodAndBody(string method, int status, string after, string body)
    {
        await using var sink = await SinkAsync(status, "/there?x=1");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/here"), method) with { FollowRedirects = true });

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal((after, "/there?x=1", body), (sink.Last.Method, sink.Last.Target, sink.Last.Text));
        Assert.Equal(body.Length > 0 ? "application/json" : null, sink.Last.Header("Content-Type"));
        Assert.Equal(sink.At("/there?x=1"), outcome.Target);
        Assert.Equal(new RecordedRedirect(status, sink.At("/there?x=1")), Assert.Single(HttpBench.Response(outcome).Redirects));
        Assert.Equal(sink.At("/here"), HttpBench.Request(outcome).Url);
        Assert.Equal(1, sink.ConnectionCount);
    }

    [Fact]
    public async Task Execute_NotAskedToFollow_FailsAndSaysWhere()
    {
        await using var sink = await SinkAsync(302, "/there");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/here")));

        Assert.Equal((FailureKind.Permanent, "http_302"), (outcome.Failure, outcome.Code));
        Assert.Equal($"The target redirects (302 Found) to {sink.At("/there")}. Turn on Follow redirects, or call {sink.At("/there")} directly.", outcome.Detail);
        Assert.Single(sink.Requests);
    }

    [Fact]
    public async Task Execute_SameOrigin_KeepsCredentials()
    {
        await using var sink = await SinkAsync(307, "/there");
        await using var bench = new HttpBench();

        await bench.ExecuteAsync(WithCredentials(bench, sink.At("/here")));

        Assert.Equal("Bearer token-1234", sink.Last.Header("Authorization"));
        Assert.Equal("c=1", sink.Last.Header("Cookie"));
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task Execute_OtherOrigin_DropsCredentialsAndKeepsTheRest(int status)
    {
        await using var other = await HttpSink.StartAsync();
        await using var sink = await SinkAsync(status, other.At("/there"));
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(WithCredentials(bench, sink.At("/here")));

        Assert.True(outcome.Succeeded, outcome.Detail);
        Assert.Equal("Bearer token-1234", sink.Only.Header("Authorization"));
        foreach (var name in new[] { "Authorization", "Cookie", "X-Api-Key", "X-Mine" })
        {
            Assert.NotNull(sink.Only.Header(name));
            Assert.Null(other.Only.Header(name));
        }
        Assert.Equal("yes", other.Only.Header("X-Harmless"));
        Assert.Equal(HttpBench.ExecutionId.ToString(), other.Only.Header("Idempotency-Key"));
    }

    [Fact]
    public async Task Execute_OtherOriginAndBack_CredentialsStayGone()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var other = await SinkAsync(302, sink.At("/back"));
        sink.Answer = (context, request) => Redirect(context, request.Target == "/here" ? 302 : 200, other.At("/here"));
        await using var bench = new HttpBench();

        await bench.ExecuteAsync(WithCredentials(bench, sink.At("/here")));

        Assert.Equal("/back", sink.Last.Target);
        Assert.Null(sink.Last.Header("Authorization"));
    }

    [Fact]
    public async Task Execute_BodyHoldsASecret_IsNotSentToAnotherHost()
    {
        await using var other = await HttpSink.StartAsync();
        await using var sink = await SinkAsync(307, other.At("/there"));
        await using var bench = new HttpBench();
        bench.Secrets["S"] = "named-secret";

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/here")) with { FollowRedirects = true, Body = new() { Format = HttpBodyFormat.Text, Template = "key={secret:S}" } });

        Assert.Equal("http_307", outcome.Code);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task Execute_RedirectsInACircle_IsNamedSoon()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = (context, request) => Redirect(context, 302, request.Target == "/a" ? "/b" : "/a");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/a"), "GET") with { FollowRedirects = true });

        Assert.Equal((FailureKind.Permanent, "redirect_loop"), (outcome.Failure, outcome.Code));
        Assert.Equal(2, sink.Requests.Count);
    }

    [Fact]
    public async Task Execute_PostRedirectsToItself_IsFollowedAsGet()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = (context, request) => Redirect(context, request.Method == "POST" ? 303 : 200, "/form");
        await using var bench = new HttpBench();

        Assert.True((await bench.ExecuteAsync(HttpBench.Settings(sink.At("/form")) with { FollowRedirects = true })).Succeeded);
    }

    [Fact]
    public async Task Execute_EndlessRedirects_StopAfterTen()
    {
        await using var sink = await HttpSink.StartAsync();
        sink.Answer = (context, request) => Redirect(context, 302, request.Target + "x");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/a"), "GET") with { FollowRedirects = true });

        Assert.Equal("redirect_loop", outcome.Code);
        Assert.Equal(11, sink.Requests.Count);
        Assert.Equal(11, HttpBench.Response(outcome).Redirects.Count);
    }

    [Theory]
    [InlineData("http://[::1", "something that is no address")]
    [InlineData("http://a\u200B..b/", "something that is no address")]
    [InlineData("ftp://127.0.0.1/x", "redirects to ftp:")]
    [InlineData("file:///etc/passwd", "redirects to file:")]
    [InlineData("http://user:pw@127.0.0.1/", "a user name in it")]
    [InlineData("", "does not say where to")]
    public async Task Execute_BadLocation_IsAFailureWithItsStatus(string location, string says)
    {
        await using var server = RawServer.Answering($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(server.Url) with { FollowRedirects = true });

        Assert.Equal((FailureKind.Permanent, "http_302"), (outcome.Failure, outcome.Code));
        Assert.Contains(says, outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    public async Task Execute_RedirectToRefusedAddress_IsBlocked(string location)
    {
        await using var sink = await SinkAsync(302, location);
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { FollowRedirects = true });

        Assert.Equal((FailureKind.Configuration, "blocked_by_egress_policy"), (outcome.Failure, outcome.Code));
        Assert.Null(HttpBench.Response(outcome).Status);
    }

    private static HttpTriggerSettings WithCredentials(HttpBench bench, string url)
    {
        bench.Secrets["S"] = "named-secret";
        return HttpBench.Settings(url) with
        {
            FollowRedirects = true,
            Auth = new() { Type = HttpAuthType.Bearer, Token = "token-1234" },
            Headers =
            [
                new() { Name = "Cookie", Value = "c=1" },
                new() { Name = "X-Api-Key", Value = "k" },
                new() { Name = "X-Mine", Value = "{secret:S}" },
                new() { Name = "X-Harmless", Value = "yes" },
            ],
        };
    }

    private static async Task<HttpSink> SinkAsync(int status, string location)
    {
        var sink = await HttpSink.StartAsync();
        sink.Answer = (context, request) => Redirect(context, request.Target.StartsWith("/there", StringComparison.Ordinal) ? 200 : status, location);
        return sink;
    }

    private static Task Redirect(HttpContext context, int status, string location)
    {
        context.Response.StatusCode = status;
        if (status != 200) context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }
}
