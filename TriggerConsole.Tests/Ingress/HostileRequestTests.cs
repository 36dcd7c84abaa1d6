using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Ingress;

/// <summary>Requests made to break what reads them: each is refused or kept as it is, soon, and the server goes on.</summary>
public sealed class HostileRequestTests(HostileRequestTests.Server server) : IClassFixture<HostileRequestTests.Server>
{
    private const string Smuggled = "GET /api/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    private TestApp App => server.App;

    public sealed class Server : IAsyncLifetime
    {
        internal TestApp App { get; private set; } = null!;

        internal TestCallback Callback { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            // Wrong sign-ins are many here
            App = await TestApp.StartAsync(new() { ["RateLimiting:SignIn:Permits"] = "1000000", ["RateLimiting:Account:Permits"] = "1000000", ["RateLimiting:Account:Burst"] = "1000000" });
            var target = $"{App.Address}echo/x";
            var template = """{"a":"{payload.a.b[0].c}","d":"{payload.d|none}","all":"{original_payload}"}""";
            Callback = await App.CreateCallbackAsync(target, new { name = "Target", settings = new { method = "POST", url = target, body = new { format = "json", template } }, retry = new { maxAttempts = 1 } });
        }

        public async Task DisposeAsync() => await App.DisposeAsync();
    }

    public static TheoryData<string> Bombs => [.. JsonBombs.All.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task Fire_JsonBomb_IsKeptAsItIsAndRunsToAnEnd(string name)
    {
        var body = JsonBombs.All.Single(b => b.Name == name).Body;
        var watch = Stopwatch.StartNew();
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        using var response = await App.FireAsync(server.Callback, content);
        Assert.Equal(202, (int)response.StatusCode);
        var receipt = await response.Content.ReadFromJsonAsync<JsonElement>();
        var eventId = receipt.GetProperty("eventId").GetGuid();

        var details = await App.WaitForAsync(receipt.GetProperty("executions")[0].GetProperty("id").GetGuid(), "Succeeded", "DeadLettered");

        foreach (var attempt in details.GetProperty("attempts").EnumerateArray()) Assert.NotEqual("internal", attempt.GetProperty("code").GetString());
        Assert.Equal(body, await App.Client.GetByteArrayAsync($"/api/events/{eventId}/body"));
        using var seen = await App.Client.GetAsync($"/api/events/{eventId}");
        Assert.True(seen.IsSuccessStatusCode);
        Assert.True(watch.Elapsed < s_soon, $"{watch.Elapsed}");
    }

    [Theory]
    [InlineData("/api/callbacks")]
    [InlineData("/api/triggers/test")]
    [InlineData("/api/mqtt/publish")]
    [InlineData("/api/configuration?dryRun=true")]
    [InlineData("/api/auth/token")]
    public async Task Api_JsonBomb_IsRefusedWithAReason(string path)
    {
        var faults = new List<string>();
        foreach (var (name, body) in JsonBombs.All)
        {
            var watch = Stopwatch.StartNew();
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using var response = await App.Client.PostAsync(path, content);
            var answer = await response.Content.ReadAsStringAsync();
            var isRefused = (int)response.StatusCode is 400 or 401 or 413 or 415 or 422 && answer.Contains("urn:triggerconsole:problem", StringComparison.Ordinal) || path.Contains("/auth/", StringComparison.Ordinal) && (int)response.StatusCode is 400 or 401;
            if (!isRefused || watch.Elapsed > s_soon || answer.Length > 20_000) faults.Add($"{name}: {(int)response.StatusCode} after {watch.ElapsedMilliseconds} ms, {answer.Length} characters: {answer[..Math.Min(300, answer.Length)]}");
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, gzip")]
    public async Task Fire_CompressedBomb_IsStoredCompressed(string encoding)
    {
        var bomb = Compressed(encoding, 50 << 20);
        using var content = new ByteArrayContent(bomb) { Headers = { ContentType = new("application/json") } };
        foreach (var part in encoding.Split(", ")) content.Headers.ContentEncoding.Add(part);
        using var response = await App.FireAsync(server.Callback, content);
        var receipt = await response.Content.ReadFromJsonAsync<JsonElement>();

        await App.WaitForAsync(receipt.GetProperty("executions")[0].GetProperty("id").GetGuid(), "Succeeded", "DeadLettered");

        Assert.Equal(bomb, await App.Client.GetByteArrayAsync($"/api/events/{receipt.GetProperty("eventId").GetGuid()}/body"));
    }

    [Fact]
    public async Task Api_CompressedBomb_IsNoJson()
    {
        using var content = new ByteArrayContent(Compressed("gzip", 50 << 20)) { Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } } };
        using var response = await App.Client.PostAsync("/api/callbacks", content);
        Assert.True((int)response.StatusCode is 400 or 415);
    }

    /// <summary>Each is one request by the rules, or none; the request hidden in it must never be answered.</summary>
    public static TheoryData<string> Smugglers =>
    [
        // Two lengths
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: {Smuggled.Length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: 0, {Smuggled.Length}\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: 0x0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: \r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length : 0\r\n\r\n{Smuggled}",
        // Transfer codings that only one side might know
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \u00a0chunked\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}",
        // Lines that end oddly
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nX: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nnocolon\r\nContent-Length: 0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\n: noname\r\nContent-Length: 0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n{Smuggled}",
        // Chunks
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nb\r\nx\r\n0\r\n\r\n{Smuggled}",
        $"POST /echo/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n{Smuggled}",
        // Whose host
        $"GET /echo/a HTTP/1.1\r\n\r\n{Smuggled}",
        $"GET /echo/a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n{Smuggled}",
        $"GET /echo/a HTTP/1.1\r\nHost: a@b\r\n\r\n{Smuggled}",
        $"GET /echo/a HTTP/1.1\r\nHost: a b\r\n\r\n{Smuggled}",
        $"GET /echo/a HTTP/1.1\r\nHost: a/b\r\n\r\n{Smuggled}",
        $"GET http://other/echo/a HTTP/1.1\r\nHost: h\r\nX: a\0\r\n\r\n{Smuggled}",
        // Request lines
        $"GET /echo/a HTTP/1.1 HTTP/1.1\r\nHost: h\r\n\r\n{Smuggled}",
        $"GET /echo/a HTTP/9.9\r\nHost: h\r\n\r\n{Smuggled}",
        $"GET /echo/a\r\nHost: h\r\n\r\n{Smuggled}",
        $"GET  /echo/a HTTP/1.1\r\nHost: h\r\n\r\n{Smuggled}",
        $"GE\0T /echo/a HTTP/1.1\r\nHost: h\r\n\r\n{Smuggled}",
        $"GET /echo/a\0 HTTP/1.1\r\nHost: h\r\n\r\n{Smuggled}",
        $"CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nX: \0\r\n\r\n{Smuggled}",
        $"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{Smuggled}",
    ];

    [Theory]
    [MemberData(nameof(Smugglers))]
    public async Task Send_RequestOfTwoReadings_AnswersAtMostOneAndCloses(string text)
    {
        var answer = await RawHttp.SendAsync(App.Address, text);

        Assert.True(answer.Statuses.Count <= 1, answer.Text);
        Assert.All(answer.Statuses, status => Assert.True(status is 200 or (>= 400 and < 500) or 505, $"{status}"));
        Assert.True(answer.IsClosed, "The connection stayed open.");
    }

    [Fact]
    public async Task Send_TwoRequestsInOneGo_AreBothAnswered()
    {
        // The control of the test above: what is rightly pipelined gets two answers
        var answer = await RawHttp.SendAsync(App.Address, $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n{Smuggled}");
        Assert.Equal([200, 401], answer.Statuses);
    }

    /// <summary>The server takes this for 0, where the rules (RFC 9110, 8.6) would have it refused; a proxy in front refuses it. To be looked at again when it no longer does.</summary>
    [Fact]
    public async Task Send_LengthWithAPlus_IsReadAsANumber()
        => Assert.Equal([200, 401], (await RawHttp.SendAsync(App.Address, $"POST /echo/a HTTP/1.1\r\nHost: h\r\nContent-Length: +0\r\n\r\n{Smuggled}")).Statuses);

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("-1\r\n\r\n")]
    [InlineData("zz\r\n")]
    [InlineData("3\r\nabcdef\r\n")]
    public async Task Fire_BrokenChunks_Is400(string chunk)
    {
        var answer = await RawHttp.SendAsync(App.Address, $"POST /api/trigger/{server.Callback.Id} HTTP/1.1\r\nHost: h\r\nX-Callback-Token: {server.Callback.Token}\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{Smuggled}");
        Assert.Equal([400], answer.Statuses);
        Assert.True(answer.IsClosed);
    }

    [Theory]
    [InlineData("GET /api/callbacks")]
    [InlineData("GET //api/callbacks")]
    [InlineData("GET /api//callbacks")]
    [InlineData("GET /API/CALLBACKS")]
    [InlineData("GET /api/callbacks/")]
    [InlineData("GET /api;x=y/callbacks")]
    [InlineData("GET /api/callbacks;x")]
    [InlineData("GET /%61pi/callbacks")]
    [InlineData("GET /%2561pi/callbacks")]
    [InlineData("GET /api%2fcallbacks")]
    [InlineData("GET /api%5ccallbacks")]
    [InlineData("GET /api\\callbacks")]
    [InlineData("GET /health/../api/callbacks")]
    [InlineData("GET /health/%2e%2e/api/callbacks")]
    [InlineData("GET /health/..%2fapi/callbacks")]
    [InlineData("GET /health/..;/api/callbacks")]
    [InlineData("GET /health/.%00./api/callbacks")]
    [InlineData("GET /echo/..%c0%afapi/callbacks")]
    [InlineData("GET /js/../api/callbacks")]
    [InlineData("GET /js/%2e%2e/%2e%2e/appsettings.json")]
    [InlineData("GET /js/..%2f..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("GET /..%2f..%2fappsettings.json")]
    [InlineData("GET /%2e%2e%5c%2e%2e%5cappsettings.json")]
    [InlineData("GET /appsettings.json")]
    [InlineData("GET /.git/config")]
    [InlineData("GET /data/triggerconsole.db")]
    [InlineData("GET /_framework/../appsettings.json")]
    [InlineData("GET /_content/..%2f..%2fappsettings.json")]
    [InlineData("GET /api/callbacks%00.js")]
    [InlineData("GET /api/callbacks%20")]
    [InlineData("GET /api/callbacks?x=%00")]
    [InlineData("GET /api/callbacks%3f")]
    [InlineData("GET /api/callbacks#x")]
    [InlineData("GET /api/callbacks/%c0%ae%c0%ae/")]
    [InlineData("GET /api/callbacks/%ff%fe")]
    [InlineData("GET /api/callbacks/%u002e")]
    [InlineData("GET /api/callbacks/%")]
    [InlineData("GET /jobs/%2e%2e/sign-in%2f..%2fjobs")]
    [InlineData("GET /sign-in/../jobs")]
    [InlineData("GET /sign-in%2f..%2fjobs")]
    [InlineData("GET http://127.0.0.1/api/callbacks")]
    [InlineData("GET http://other.example/api/callbacks")]
    [InlineData("GET http://a:b@127.0.0.1/api/callbacks")]
    [InlineData("GET *")]
    [InlineData("OPTIONS *")]
    [InlineData("TRACE /api/callbacks")]
    [InlineData("CONNECT 127.0.0.1:80")]
    [InlineData("PROPFIND /api/callbacks")]
    [InlineData("get /api/callbacks")]
    [InlineData("HEAD /api/callbacks")]
    [InlineData("POST /api/trigger/custom/%2e%2e/%2e%2e/callbacks")]
    [InlineData("POST /api/trigger/custom/..%2f..%2fcallbacks")]
    [InlineData("POST /api/trigger/%00")]
    [InlineData("POST /api/trigger/custom/%00%0d%0aX-Injected:1")]
    [InlineData("POST /api/trigger/custom/%c0%af%c0%af")]
    [InlineData("GET /metrics/")]
    [InlineData("GET //metrics")]
    [InlineData("GET /openapi/../metrics")]
    [InlineData("GET /swagger/../api/callbacks")]
    [InlineData("GET /swagger%2findex.html")]
    public async Task Send_PathOfTwoReadings_LetsNobodyIn(string line)
    {
        var answer = await RawHttp.SendAsync(App.Address, $"{line} HTTP/1.1\r\nHost: {App.Address.Authority}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        var status = Assert.Single(answer.Statuses);
        // An asterisk form or an encoded slash within /echo is answered without any harm; nothing else is open to nobody
        Assert.True(status is 302 or 400 or 401 or 404 or 405 || status == 200 && line.Contains("/echo/", StringComparison.Ordinal), $"{line}: {answer.Text}");
        Assert.DoesNotContain("X-Injected", answer.Text.Split("\r\n\r\n")[0], StringComparison.Ordinal);
        foreach (var word in new[] { "\"items\"", "AllowedHosts", "root:x:", "triggerconsole_" }) Assert.DoesNotContain(word, answer.Text, StringComparison.Ordinal);
        if (status == 302) Assert.Contains("/sign-in", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Long: ", 40_000, 1, 431)]
    [InlineData("X-Many-{0}: ", 5, 200, 431)]
    [InlineData("Cookie: ", 40_000, 1, 431)]
    public async Task Send_HeadersOverTheLimits_Are431(string name, int length, int count, int expected)
    {
        var headers = string.Concat(Enumerable.Range(0, count).Select(i => $"{name.Replace("{0}", $"{i}", StringComparison.Ordinal)}{new string('x', length)}\r\n"));
        var answer = await RawHttp.SendAsync(App.Address, $"GET /health/live HTTP/1.1\r\nHost: h\r\n{headers}\r\n");
        Assert.Equal([expected], answer.Statuses);
    }

    [Fact]
    public async Task Send_RequestLineOverTheLimit_Is414()
        => Assert.Equal([414], (await RawHttp.SendAsync(App.Address, $"GET /{new string('x', 20_000)} HTTP/1.1\r\nHost: h\r\n\r\n")).Statuses);

    [Theory]
    [InlineData("executions")]
    [InlineData("events")]
    [InlineData("callbacks")]
    [InlineData("triggers")]
    [InlineData("schedules")]
    [InlineData("mqtt/brokers")]
    [InlineData("amqp/exchanges")]
    [InlineData("jobs?state=Succeeded")]
    public async Task Search_PatternsMadeToTakeLong_EndSoon(string list)
    {
        using var fired = await App.FireAsync(server.Callback, new StringContent("{\"d\":\"" + new string('a', 200_000) + "\"}", null, "application/json"));
        string[] patterns =
        [
            new('%', 1000), string.Concat(Enumerable.Repeat("%a", 500)) + "b", new('_', 1000), string.Concat(Enumerable.Repeat("%_a", 300)) + "!", new('a', 2000), "(a+)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a|aa)+$", "(.*a){25}", "[", "(?=", "\\", "\\%", "'", "\"", "';--", "' OR '1'='1", "\0", "\u202e", "\ud83d\ude00",
            "*", "a*", "\"a\" NEAR \"b\"", "a AND", "NOT", string.Concat(Enumerable.Repeat("(", 500)), "{payload.a}", "$.a", "$..*",
        ];
        foreach (var pattern in patterns)
        {
            var watch = Stopwatch.StartNew();
            using var response = await App.Client.GetAsync($"/api/{list}{(list.Contains('?') ? '&' : '?')}q={Uri.EscapeDataString(pattern)}");
            Assert.True((int)response.StatusCode is 200 or 400, $"{pattern[..Math.Min(20, pattern.Length)]}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            Assert.True(watch.Elapsed < s_soon, $"{pattern[..Math.Min(20, pattern.Length)]}: {watch.Elapsed}");
        }
    }

    [Fact]
    public async Task Cron_MadeToTakeLong_EndsSoon()
    {
        string[] crons =
        [
            "0 0 30 2 *", "0 0 31 4 *", "0 0 0 29 2 MON#5", "* * * * * *", new('*', 5000), string.Join(',', Enumerable.Repeat("0-59/1", 2000)) + " * * * *", "0-59/0 * * * *", "0-99999999999 * * * *", "*/99999999999999999999 * * * *", "0 0 L-31 * *", "0 0 LW 2 *", "0 0 1W * 8", string.Concat(Enumerable.Repeat("1,", 50_000)),
            "0 0 * * " + new string('7', 10_000), "\0 * * * *", "０ ０ * * *", "0 0 1 1 * 9999", "((a+)+)+ * * * *",
        ];
        foreach (var cron in crons)
        {
            var watch = Stopwatch.StartNew();
            var (status, _) = await App.TryAsync(HttpMethod.Post, "/api/schedules/preview", JsonContent.Create(new { kind = "Cron", cron }));
            Assert.True(status is 200 or 400, $"{cron[..Math.Min(20, cron.Length)]}: {status}");
            Assert.True(watch.Elapsed < s_soon, $"{cron[..Math.Min(20, cron.Length)]}: {watch.Elapsed}");
        }
    }

    [Fact]
    public async Task Send_ADripAtATime_IsCutOff()
    {
        await using var app = await TestApp.StartAsync(services: services => services.PostConfigure<KestrelServerOptions>(options =>
        {
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            options.Limits.MinRequestBodyDataRate = new(240, TimeSpan.FromSeconds(1.1));
        }));
        var callback = await app.CreateCallbackAsync($"{app.Address}echo/x");

        var answers = await Task.WhenAll(
            RawHttp.SendAsync(app.Address, "GET /health/live HTTP/1.1\r\nHost: h\r\nX: "),
            RawHttp.SendAsync(app.Address, $"POST /api/trigger/{callback.Id} HTTP/1.1\r\nHost: h\r\nX-Callback-Token: {callback.Token}\r\nContent-Length: 100000\r\n\r\n{{"),
            RawHttp.SendAsync(app.Address, "POST /echo/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"));

        Assert.All(answers, answer =>
        {
            Assert.True(answer.IsClosed);
            Assert.All(answer.Statuses, status => Assert.Equal(408, status));
        });
        Assert.Equal(0, (await app.SendAsync(HttpMethod.Get, "/api/events")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public void Limits_OfTheServer_AreSet()
    {
        var limits = App.Get<Microsoft.Extensions.Options.IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.NotNull(limits.MinRequestBodyDataRate);
        Assert.NotNull(limits.MinResponseDataRate);
        Assert.NotNull(limits.MaxConcurrentConnections);
        Assert.True(limits.RequestHeadersTimeout <= TimeSpan.FromSeconds(30));
    }

    private static byte[] Compressed(string encoding, int length)
    {
        var zeros = new byte[1 << 20];
        using var output = new MemoryStream();
        using (var stream = encoding switch
        {
            "br" => new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true),
            _ => (Stream)new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true),
        })
            for (var i = 0; i < length >> 20; i++) stream.Write(zeros);
        if (!encoding.Contains(',')) return output.ToArray();
        using var twice = new MemoryStream();
        using (var stream = new GZipStream(twice, CompressionLevel.Fastest, leaveOpen: true)) stream.Write(output.ToArray());
        return twice.ToArray();
    }
}
