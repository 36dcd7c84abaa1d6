using System.Text;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Http;

public sealed class HttpTriggerKindTests
{
    [Fact]
    public async Task DestinationOf_SaysWhereSecretsGo()
    {
        await using var bench = new HttpBench();
        bench.Environment["BASE"] = "https://env.example:8443/api";

        Assert.Equal("https://crm.example:443", Of("https://CRM.example/orders/{payload.id}?x=1"));
        Assert.Equal("http://crm.example:8080", Of("http://crm.example:8080"));
        Assert.Equal("https://env.example:8443", Of("{env:BASE}/orders"));
        Assert.Null(Of("nonsense"));
        Assert.Null(Of(""));
        var oauth = new HttpAuth { Type = HttpAuthType.OAuth2, TokenUrl = "https://login.example/t" };
        Assert.Equal("https://crm.example:443 https://login.example:443", Of("https://crm.example/", oauth));
        Assert.Null(Of("https://crm.example/", oauth with { TokenUrl = null }));

        string? Of(string url, HttpAuth? auth = null) => bench.Kind.DestinationOf(new HttpTriggerSettings { Url = url, Auth = auth ?? HttpAuth.None });
    }

    [Fact]
    public async Task Prepare_TellsTargetLimitAndDescription()
    {
        await using var bench = new HttpBench();

        var prepared = bench.Kind.Prepare(new HttpTriggerSettings { Url = "https://crm.example/x/{payload.id}", TimeoutSeconds = 2.5 });

        Assert.Equal("https://crm.example:443", prepared.TargetKey);
        Assert.Equal(TimeSpan.FromSeconds(2.5), prepared.Timeout);
        Assert.Equal("POST to https://crm.example/x/{payload.id} with the event as it came", prepared.Description);
        Assert.Equal(TriggerKind.Http, bench.Kind.Kind);
        Assert.Equal(typeof(HttpTriggerSettings), bench.Kind.SettingsType);
    }

    [Fact]
    public async Task Describe_IsASentence()
    {
        await using var bench = new HttpBench();
        var settings = new HttpTriggerSettings { Url = "https://crm.example/orders" };

        Assert.Equal("POST to https://crm.example/orders with the event as JSON, signed in with a bearer token", bench.Kind.Describe(settings with
        {
            Body = new() { Format = HttpBodyFormat.Json, Template = "{original_payload}" },
            Auth = new() { Type = HttpAuthType.Bearer },
        }));
        Assert.Equal("GET to https://crm.example/orders without a body", bench.Kind.Describe(settings with { Method = "GET" }));
        Assert.Equal("PUT to https://crm.example/orders with a form made from the event, signed in with OAuth 2", bench.Kind.Describe(settings with
        {
            Method = "PUT",
            Body = new() { Format = HttpBodyFormat.Form, Template = "a={payload.a}" },
            Auth = new() { Type = HttpAuthType.OAuth2 },
        }));
    }

    [Fact]
    public async Task Preview_IsWhatWouldBeSentMaskedAndSendsNothing()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();
        bench.Secrets["S"] = "canary secret";
        var settings = HttpBench.Settings(sink.At("/p/{secret:S}?k={secret:S}")) with
        {
            Headers = [new() { Name = "X-S", Value = "a {secret:S}" }],
            Body = new() { Format = HttpBodyFormat.Json, Template = """{"id":"{payload.id}","s":"{secret:S}","p":"literal-canary"}""" },
            Auth = new() { Type = HttpAuthType.Basic, Username = "u", Password = "literal-canary" },
        };

        var preview = bench.Kind.Preview(bench.Kind.Prepare(settings), HttpBench.Event());

        Assert.Null(preview.Error);
        Assert.DoesNotContain("canary", Encoding.UTF8.GetString(preview.Request!), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String("u:literal-canary"u8), Encoding.UTF8.GetString(preview.Request!), StringComparison.Ordinal);
        var request = RecordedHttpRequest.Read(preview.Request)!;
        Assert.Equal(("POST", sink.At("/p/••••••?k=••••••"), "auto"), (request.Method, request.Url, request.HttpVersion));
        Assert.Equal("""{"id":7,"s":"••••••","p":"••••••"}""", request.Body);
        Assert.Contains(new RecordedHeader("X-S", "a ••••••"), request.Headers);
        Assert.Contains(new RecordedHeader("Authorization", "Basic ••••••"), request.Headers);
        Assert.Contains(new RecordedHeader("Idempotency-Key", HttpBench.ExecutionId.ToString()), request.Headers);
        Assert.Empty(sink.Requests);
    }

    [Fact]
    public async Task Preview_OfOAuth_ShowsThatThereWillBeAToken()
    {
        await using var bench = new HttpBench();

        var preview = bench.Kind.Preview(bench.Kind.Prepare(new HttpTriggerSettings { Url = "http://127.0.0.1/", Auth = new() { Type = HttpAuthType.OAuth2, TokenUrl = "http://127.0.0.1/t", ClientId = "i", ClientSecret = "s" } }), HttpBench.Event());

        Assert.Contains(new RecordedHeader("Authorization", "Bearer ••••••"), RecordedHttpRequest.Read(preview.Request)!.Headers);
    }

    [Fact]
    public async Task Preview_EventLacksWhatIsNeeded_SaysSo()
    {
        await using var bench = new HttpBench();

        var preview = bench.Kind.Preview(bench.Kind.Prepare(new HttpTriggerSettings { Url = "http://127.0.0.1/{payload.missing}/x" }), HttpBench.Event());

        Assert.Null(preview.Request);
        Assert.NotEmpty(preview.Error!);
    }

    [Theory]
    [InlineData("""{}""", "template_value_missing")]
    [InlineData("""{"id":".."}""", "template_bad_path")]
    public async Task Execute_TemplateCannotBeRendered_IsConfigurationAndSendsNothing(string payload, string code)
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/users/{payload.id}/orders")), HttpBench.Event(payload));

        Assert.Equal((FailureKind.Configuration, code), (outcome.Failure, outcome.Code));
        Assert.NotEmpty(outcome.Detail!);
        Assert.Empty(sink.Requests);
    }

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public async Task Execute_LineBreakInHeader_IsRefused(string value)
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")) with { Headers = [new() { Name = "X-V", Value = "{payload.v}" }] }, HttpBench.Event(System.Text.Json.JsonSerializer.Serialize(new { v = value })));

        Assert.Equal((FailureKind.Configuration, "template_line_break"), (outcome.Failure, outcome.Code));
        Assert.Empty(sink.Requests);
    }

    [Theory]
    [InlineData("text/plain\r\nX-Evil: 1")]
    [InlineData("\0")]
    public async Task Execute_EventsContentTypeIsHostile_IsLeftOut(string contentType)
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();

        Assert.True((await bench.ExecuteAsync(HttpBench.Settings(sink.At("/")), HttpBench.Event("x", contentType))).Succeeded);
        Assert.Null(sink.Only.Header("Content-Type"));
        Assert.Null(sink.Only.Header("X-Evil"));
    }

    [Fact]
    public async Task Execute_SecretWasDeletedSince_IsConfiguration()
    {
        await using var bench = new HttpBench();

        var outcome = await bench.ExecuteAsync(HttpBench.Settings("http://127.0.0.1:9/") with { Auth = new() { Type = HttpAuthType.Bearer, Token = "{secret:GONE}" } });

        Assert.Equal(FailureKind.Configuration, outcome.Failure);
        Assert.StartsWith("template_", outcome.Code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_SecretIsChanged_NextAttemptUsesAndMasksTheNewOne()
    {
        await using var sink = await HttpSink.StartAsync();
        await using var bench = new HttpBench();
        bench.Secrets["S"] = "first-canary";
        var prepared = bench.Kind.Prepare(HttpBench.Settings(sink.At("/")) with { Body = new() { Format = HttpBodyFormat.Text, Template = "{secret:S}" } });
        await bench.Kind.ExecuteAsync(prepared, HttpBench.Event(), default);

        bench.Secrets["S"] = "second-canary";
        var outcome = await bench.Kind.ExecuteAsync(prepared, HttpBench.Event(), default);

        Assert.Equal("second-canary", sink.Last.Text);
        Assert.Equal("••••••", HttpBench.Request(outcome).Body);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://localhost.:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::ffff:7f00:1]:{0}/")]
    [InlineData("http://[::127.0.0.1]:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://0:{0}/")]
    [InlineData("http://127.0.0.1.:{0}/")]
    [InlineData("http://①②⑦.⓪.⓪.①:{0}/")]
    [InlineData("http://１２７.０.０.１:{0}/")]
    [InlineData("http://127。0。0。1:{0}/")]
    [InlineData("http://loc\u200Balhost:{0}/")]
    [InlineData("http://loc\u00ADalhost:{0}/")]
    [InlineData("http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{0}/")]
    [InlineData("http://%6c%6f%63%61%6c%68%6f%73%74:{0}/")]
    [InlineData("http://a\u200B..b:{0}/")]
    [InlineData("http://xn--:{0}/")]
    public async Task Execute_AnySpellingOfLoopback_DoesNotReachIt(string url)
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var bench = new HttpBench(null, "192.0.2.0/24");

        // As if it had been saved before the rules were there
        var outcome = await bench.ExecuteAsync(HttpBench.Settings(url.Replace("{0}", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)));

        Assert.False(outcome.Succeeded);
        Assert.True(outcome.Code is "blocked_by_egress_policy" or "bad_url" or "dns" || outcome.Code.StartsWith("template_", StringComparison.Ordinal), outcome.Code);
        Assert.Equal(0, server.Connections);
    }
}
